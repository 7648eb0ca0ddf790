/**
 * What the search box offers for what is typed: names of qualifiers, their values, and words. Kept as text, since it runs
 * in browsers; a part of `app.js`, whose other parts call `partAt` and `offersFor`.
 */

import { facetNames } from '../../db/facets.ts';
import { isSetName, qualifierNames } from '../../market/query/ast.ts';
import { qualifierHelp } from '../../market/query/codecs.ts';

/** What each qualifier is for, short enough to stand beside its name. */
const purposes: { [name in (typeof qualifierNames)[number]]: string } = {
  input: 'takes an input of this name',
  accepts: 'takes an input of this type',
  returns: 'gives back a result of this name',
  tag: 'carries the tag',
  category: 'is of the category',
  lang: 'works in the language',
  kind: 'is of this kind',
  domain: 'is offered by the domain',
  agent: 'is offered by the agent',
  feature: 'has the feature',
  online: 'can be called now',
  rating: 'is rated so high',
  price: 'costs so much, with currency:',
  currency: 'is priced in the currency',
  uptime: 'was up for that share of the time',
  near: 'is near LAT,LON within KM',
  updated: 'changed since then',
};

const qualifiers = qualifierNames.map((name) => {
  const { choices = [], examples } = qualifierHelp(name);
  return { name, purpose: purposes[name], canExclude: isSetName(name), choices, examples };
});

export const completionOffersScript = String.raw`
  const qualifiers = ${JSON.stringify(qualifiers)};
  const counted = ${JSON.stringify(facetNames)};
  const offersMax = 10;
  const prefixCharsMax = 100;
  const runWordsMax = 5;

  // The part of a query that ends at the caret, as the server would read it; null within a word and in a phrase.
  const partAt = (text, caret) => {
    if (caret < text.length && !/\s/.test(text[caret])) return null;
    let start = 0;
    let comma = -1;
    let isQuoted = false;
    for (let at = 0; at < caret; at++) {
      const char = text[at];
      if (isQuoted && char === '\\' && /["\\]/.test(text[at + 1] ?? '')) at++;
      else if (char === '"') isQuoted = !isQuoted;
      else if (isQuoted) continue;
      else if (char === ',') comma = at;
      else if (/\s/.test(char)) start = at + 1;
    }
    const typed = text.slice(start, caret);
    const minus = typed.startsWith('-') ? '-' : '';
    const name = /^-?(\p{L}[\p{L}\p{N}_-]*):/u.exec(typed)?.[1]?.toLowerCase() ?? null;
    if (name === null) {
      if (typed.includes('"')) return null;
      return { start, caret, minus, name, from: start, prefix: typed.slice(minus.length) };
    }
    const first = start + minus.length + name.length + 1;
    const from = comma >= first && name !== 'near' ? comma + 1 : first;
    const raw = text.slice(from, caret);
    if (/^"(.*[^\\])?"$/s.test(raw)) return null;
    const prefix = raw.startsWith('"') ? raw.slice(1).replace(/\\(["\\])/g, '$1') : raw;
    return { start, caret, minus, name, from, prefix };
  };

  const quoted = (value) => '"' + value.replace(/["\\]/g, '\\$&') + '"';
  const asValue = (value) => (/[\s",]/.test(value) ? quoted(value) : value);
  const asWords = (words) => (/[":]|(^|\s)-/.test(words) ? quoted(words) : words);

  const askFor = async (path, signal) => {
    try {
      const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
      return response.ok ? await response.json() : null;
    } catch {
      // Offers are a help: without the server there are none, and typing goes on.
      return null;
    }
  };

  const completionsOf = async (prefix, signal) => {
    const q = [...prefix].slice(0, prefixCharsMax).join('');
    const found = q === '' ? null : await askFor('/v1/suggest?q=' + encodeURIComponent(q), signal);
    return found?.items ?? [];
  };

  // The bare words that lead up to the caret: a name may be several.
  const runAt = (text, part) => {
    let from = part.from;
    if (part.minus) return { from, prefix: part.prefix };
    for (let words = 1; words < runWordsMax; words++) {
      const [, word] = /(?:^|\s)([^\s":-][^\s":]*)\s$/.exec(text.slice(0, from)) ?? [];
      if (!word) break;
      from -= word.length + 1;
    }
    return { from, prefix: text.slice(from, part.caret) };
  };

  const wordOffers = async (text, part, signal) => {
    const prefix = part.prefix.toLowerCase();
    const names = qualifiers
      .filter(({ name, canExclude }) => name.startsWith(prefix) && (canExclude || !part.minus))
      .map(({ name, purpose }) => ({
        text: part.minus + name + ':', note: purpose, from: part.from, insert: part.minus + name + ':', isOpen: true,
      }));
    if (prefix === '') return names;
    const run = runAt(text, part);
    const ofRun = run.from < part.from ? completionsOf(run.prefix, signal) : [];
    const [words, runs] = await Promise.all([completionsOf(part.prefix, signal), ofRun]);
    const offerOf = (from) => ({ kind, text: said }) => {
      const isName = kind !== 'tag' && kind !== 'input';
      const insert = isName ? asWords(said) : part.minus + kind + ':' + asValue(said);
      return { text: isName ? said : insert, note: isName ? 'a listing' : kind, from, insert };
    };
    const found = [...runs.map(offerOf(run.from)), ...words.map(offerOf(part.from))];
    return [...names.slice(0, 4), ...found.filter(({ note }) => !part.minus || note !== 'a listing')];
  };

  const valueOffers = async (text, part, signal) => {
    const help = qualifiers.find(({ name }) => name === part.name);
    if (!help) return [];
    const rest = text.slice(0, part.start) + text.slice(part.caret);
    const [facets, terms] = await Promise.all([
      counted.includes(part.name) ? askFor('/v1/facets?q=' + encodeURIComponent(rest.trim()), signal) : null,
      part.name === 'tag' || part.name === 'input' ? completionsOf(part.prefix, signal) : [],
    ]);
    const isAbout = facets?.approximate ? 'about ' : '';
    const found = (facets?.facets?.[part.name] ?? []).map(({ value, count }) => [value, isAbout + count]);
    const known = [
      ...found,
      ...help.choices.map((value) => [value, '']),
      ...terms.filter(({ kind }) => kind === part.name).map(({ text: value }) => [value, 'anywhere']),
    ];
    // Of what nobody counts, an example shows what a value looks like.
    const isOpen = known.length === 0 && !counted.includes(part.name);
    const all = isOpen ? help.examples.map((value) => [value, 'for example']) : known;
    const prefix = part.prefix.toLowerCase();
    const isTyped = (value) => value.toLowerCase() === prefix;
    const begins = all.filter(([value]) => value.toLowerCase().startsWith(prefix));
    const has = all.filter(([value]) => value.toLowerCase().includes(prefix) && !begins.some(([other]) => other === value));
    const isPlain = part.name === 'near';
    return [...begins, ...has]
      .filter(([value]) => !isTyped(value))
      .map(([value, note]) => ({ text: value, note, from: part.from, insert: isPlain ? value : asValue(value) }));
  };

  // What could stand there instead, the likeliest first: what is shown, and what is put in the place of what is typed.
  const offersFor = async (text, caret, signal) => {
    const part = partAt(text, caret);
    if (part === null) return [];
    const offers = await (part.name === null ? wordOffers : valueOffers)(text, part, signal);
    const byText = new Map(offers.toReversed().map((offer) => [offer.text.toLowerCase(), offer]));
    const distinct = offers.filter((offer) => byText.get(offer.text.toLowerCase()) === offer);
    const isOverview = part.name === null && part.prefix === '';
    return isOverview ? distinct : distinct.slice(0, offersMax);
  };
`;
