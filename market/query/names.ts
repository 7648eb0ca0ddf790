/**
 * Names of inputs, brought to one form so that `fromCurrency`, `source_ccy` and "Source currency" are one name. What
 * means the same is data in `synonyms.ts`.
 */

import { LETTERS, wholeLetters, withoutMarks } from './fold.ts';
import { segment } from './segment.ts';
import { nameSynonyms, relatedNames, wordSynonyms } from './synonyms.ts';

export const nameLimits = {
  /** Of a name as it is given: more than its canonical form can have. */
  charsMax: 1000,
  wordsMax: 12,
  wordCharsMax: 40,
  keysMax: 16,
  labelWordsMax: 4,
} as const;

/** Names repeat from listing to listing: what they come to is remembered, for so many of them. */
const rememberedMax = 20_000;

function remembered<Value>(of: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = of(text);
    if (known.size >= rememberedMax) known.clear();
    if (text.length <= nameLimits.wordCharsMax * 4) known.set(text, value);
    return value;
  };
}

/** The name that stands for all spellings of it; empty where the name has no letter and no digit. */
export const canonicalName: (name: string) => string = remembered(canonicalOf);

function canonicalOf(name: string): string {
  let words = wordsOf(name);
  // What replaces several words may itself be part of another name; every round shortens or ends it.
  for (let round = 0; round < nameLimits.wordsMax; round++) {
    const next = replaced(words);
    if (next.join(' ') === words.join(' ')) break;
    words = next;
  }
  return words.join(' ');
}

/**
 * The names under which an input can be asked for, its own first: that of its variable, of the variable's last part, of
 * its label, what those may mean as well, and the words of a short label.
 */
export function nameKeys({ name, label }: { name: string; label: string | null }): readonly string[] {
  return keysOf(JSON.stringify([name, label ?? '']));
}

const keysOf = remembered((named) => {
  const [name, label] = JSON.parse(named) as [string, string];
  return allKeys(name, label);
});

function allKeys(name: string, label: string): readonly string[] {
  const bare = withoutBrackets(label);
  const words = wordsOf(segment(bare)).filter((word) => !FILLERS.has(word));
  const own = [name, lastPart(name), bare, words.join(' ')].map(canonicalName);
  const related = own.flatMap((key) => tables().related.get(key) ?? []);
  const keys = [...own, ...related, ...labelWords(own.at(-1) ?? '')];
  return [...new Set(keys)].filter((key) => key !== '').slice(0, nameLimits.keysMax);
}

/** Those of its keys that are its names: of its variable and of its label, whole. */
export function ownKeys({ name, label }: { name: string; label: string | null }): string[] {
  const keys = [name, lastPart(name), withoutBrackets(label ?? '')].map(canonicalName);
  return [...new Set(keys)].filter((key) => key !== '');
}

/** A variable may carry a namespace: `http://example.org/form#amount`, `muc#roomname`, `order.amount`. */
function lastPart(name: string): string {
  return name.split(/[#/:.]/).findLast((part) => part !== '') ?? '';
}

/** Words of labels that name nothing. */
const FILLERS = new Set(
  'a an the your my our please enter choose select specify provide of in for and or is be it this that which what'.split(
    ' ',
  ),
);

/** What stands in brackets explains; it is not the name. */
function withoutBrackets(label: string): string {
  return label.slice(0, nameLimits.charsMax).replaceAll(/\([^)]*\)|\[[^\]]*\]/g, ' ');
}

/** The words of a short label. Between others, `from` and `to` only join them: "Amount to convert". */
function labelWords(label: string): string[] {
  const words = label.split(' ');
  if (words.length > nameLimits.labelWordsMax) return [];
  const isEnd = (index: number) => index === 0 || index === words.length - 1;
  return words.filter((word, index) => isEnd(index) || (word !== 'from' && word !== 'to')).map(canonicalName);
}

/** The name's words, in lower case and singular, without diacritics. */
function wordsOf(name: string): string[] {
  const plain = withoutMarks(name.slice(0, nameLimits.charsMax)).replaceAll(/['’]/g, '');
  return (
    plain
      .replaceAll(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
      // `HTMLBody` is two words, `URLs` is one.
      .replaceAll(/(\p{Lu})(?=\p{Lu}(?!s(?!\p{Ll}))\p{Ll})/gu, '$1 ')
      .replaceAll(/(\p{L}\p{M}*)(?=\p{N})|(\p{N})(?=\p{L})/gu, '$1$2 ')
      .toLowerCase()
      .replaceAll(wholeLetters, (letter) => LETTERS[letter] ?? letter)
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)
      ?.slice(0, nameLimits.wordsMax)
      .map((word) => singular([...word].slice(0, nameLimits.wordCharsMax).join(''))) ?? []
  );
}

const NO_PLURALS = new Set(['always', 'canvas', 'gps', 'https', 'lens', 'news', 'series', 'species', 'vs']);

/** Simple English plurals. What is no plural may lose its end too: it does so everywhere, and compares equal. */
function singular(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word) || NO_PLURALS.has(word)) return word;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^siu]s$/.test(word) ? word.slice(0, -1) : word;
}

type Tables = {
  words: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
  related: ReadonlyMap<string, string[]>;
};

let built: Tables | null = null;

/** Made when first needed: importing a module does nothing. */
function tables(): Tables {
  built ??= {
    words: tableOf(wordSynonyms),
    names: tableOf(nameSynonyms),
    related: relatedTable(),
  };
  return built;
}

function relatedTable(): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (const [one, other] of relatedNames) {
    table.set(one, [...(table.get(one) ?? []), other]);
    table.set(other, [...(table.get(other) ?? []), one]);
  }
  return table;
}

function tableOf(groups: readonly (readonly string[])[]): Map<string, string> {
  return new Map(
    groups.flatMap(([head = '', ...others]) =>
      [head, ...others].map((other): [string, string] => [wordsOf(other).join(' '), head]),
    ),
  );
}

/** The longest synonym of several words that the tables hold. */
const synonymWordsMax = 4;

/** The words with the first name of each synonym in its place. */
function replaced(words: string[]): string[] {
  const whole = tables().names.get(words.join(' '));
  if (whole !== undefined) return whole.split(' ');
  const next: string[] = [];
  for (let at = 0; at < words.length; ) {
    const { head, length } = synonymAt(words, at);
    next.push(...head.split(' '));
    at += length;
  }
  return next;
}

/** The longest synonym that starts here, or the word itself. */
function synonymAt(words: string[], at: number): { head: string; length: number } {
  for (let length = synonymWordsMax; length > 0; length--) {
    const head = at + length <= words.length && tables().words.get(words.slice(at, at + length).join(' '));
    if (head) return { head, length };
  }
  return { head: words[at] ?? '', length: 1 };
}
