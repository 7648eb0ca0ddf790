/** What search reads of a listing: its words by weight, and a lexeme for everything that a qualifier can ask for. */

import { createHash } from 'node:crypto';
import { marksOf } from './ard/marks.ts';
import { inputSets } from './input-sets.ts';
import type { Input, Listing } from './listing.ts';
import { nameKeys, ownKeys } from './query/names.ts';
import { segment } from './query/segment.ts';
import { otherWritings } from './query/writings.ts';

export const documentLimits = {
  /** Characters of the description that are searched. */
  bodyCharsMax: 4_000,
  /** Characters of the name, and of what else is said of the subject, that are searched. */
  nameCharsMax: 1_000,
  subjectCharsMax: 8_000,
  /** Lexemes of one listing, and the bytes of all; of a longer lexeme its hash stands in its place. */
  lexemesMax: 2_000,
  lexemesBytesMax: 32_768,
  lexemeBytesMax: 100,
  /** Terms that one listing brings to completion. */
  termsMax: 300,
  termCharsMax: 100,
} as const;

/** Kinds of lexemes, so that no tag can pose as an input. */
export const LEXEMES = {
  input: 'i',
  /** The names that an input has itself, not those that may mean it. */
  own: 'n',
  option: 'o',
  accepts: 'a',
  returns: 'r',
  tag: 't',
  category: 'c',
  lang: 'l',
  kind: 'k',
  domain: 'd',
  agent: 'j',
  feature: 'f',
} as const;
export type LexemeKind = keyof typeof LEXEMES;

export type SearchDocument = {
  name: string;
  /** Tags, category, inputs and sample requests. */
  subject: string;
  body: string;
  /** What their words may be written as besides: without diacritics, joined, or apart. */
  plain: { [part: string]: string };
  /** The Postgres text search configuration of the listing's language, beside the plain one. */
  config: string;
  lexemes: string[];
  /** What facets count: those lexemes of which a listing has few. */
  facets: string[];
  /** Numbers of 64 bits, as text since JSON has none such. */
  fills: string[];
  lacks: string[];
};

/** Languages whose words Postgres can stem. */
const CONFIGS: { [lang: string]: string } = {
  ar: 'arabic',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};

/** English where the language is not stated: most of the network's agents speak it. */
export function configOf(lang: string | undefined): string {
  return CONFIGS[(lang ?? 'en').split('-')[0] ?? ''] ?? 'simple';
}

/** One lexeme, as it is indexed and asked for. */
export function lexeme(kind: LexemeKind, value: string): string {
  const text = `${LEXEMES[kind]}:${value}`;
  if (Buffer.byteLength(text) <= documentLimits.lexemeBytesMax) return text;
  return `${LEXEMES[kind]}:#${createHash('sha256').update(value).digest('base64url')}`;
}

/** The option of an input, as it is asked for whatever its case. */
export function optionValue(key: string, option: string): string {
  return `${key}=${option.normalize('NFC').toLowerCase()}`;
}

export function searchDocument(listing: Listing): SearchDocument {
  const { name, names, description, tags, category, queries, inputs, provider, lang } = listing;
  const subject = [
    category,
    provider.name,
    ...tags,
    ...queries,
    ...inputs.flatMap((input) => [input.label, input.name.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')]),
  ];
  const { fills, lacks } = inputSets(inputs);
  const words = {
    name: segment([name, ...names.map(({ text }) => text)].join('\n').slice(0, documentLimits.nameCharsMax)),
    subject: segment(
      subject
        .filter((text) => text !== null)
        .join('\n')
        .slice(0, documentLimits.subjectCharsMax),
    ),
    body: segment((description ?? '').slice(0, documentLimits.bodyCharsMax)),
  };
  return {
    ...words,
    plain: Object.fromEntries(
      Object.entries(words).flatMap(([part, text]) => {
        const others = otherWritings(text);
        return others.length > 0 ? [[part, others.join(' ')]] : [];
      }),
    ),
    config: configOf(lang[0]),
    lexemes: lexemesOf(listing),
    facets: facetsOf(listing),
    fills: fills.map(String),
    lacks: lacks.map(String),
  };
}

function facetsOf({ kind, tags, category, lang, provider, inputs }: Listing): string[] {
  const values: [LexemeKind, string][] = [
    ['kind', kind],
    ['domain', provider.domain],
    ...tags.map((tag): [LexemeKind, string] => ['tag', tag.toLowerCase()]),
    ...(category ? [['category', category.toLowerCase()] as [LexemeKind, string]] : []),
    ...lang.map((tag): [LexemeKind, string] => ['lang', tag.toLowerCase()]),
    ...inputs.map((input): [LexemeKind, string] => ['accepts', input.type]),
  ];
  return [...new Set(values.map(([of, value]) => lexeme(of, value)))];
}

function lexemesOf(listing: Listing): string[] {
  const { kind, tags, category, lang, provider, features, inputs, outputs } = listing;
  const values: [LexemeKind, string][] = [
    ['kind', kind],
    ...marksOf(listing).map((mark): [LexemeKind, string] => ['kind', mark]),
    ['agent', provider.jid],
    ...domainsOf(provider.domain).map((domain): [LexemeKind, string] => ['domain', domain]),
    ...tags.map((tag): [LexemeKind, string] => ['tag', tag.toLowerCase()]),
    ...(category ? [['category', category.toLowerCase()] as [LexemeKind, string]] : []),
    ...lang.flatMap(languagesOf).map((tag): [LexemeKind, string] => ['lang', tag]),
    ...features.map((feature): [LexemeKind, string] => ['feature', feature]),
    ...inputs.flatMap(inputLexemes),
    ...outputs.flatMap((output) => nameKeys(output).map((key): [LexemeKind, string] => ['returns', key])),
    // Last, since they are many: a list of all countries must not keep out what the listing takes besides.
    ...inputs.flatMap(optionLexemes),
  ];
  const lexemes = [...new Set(values.map(([of, value]) => lexeme(of, value)))];
  let bytes = 0;
  return lexemes.slice(0, documentLimits.lexemesMax).filter((text) => {
    bytes += Buffer.byteLength(text);
    return bytes <= documentLimits.lexemesBytesMax;
  });
}

function inputLexemes(input: Input): [LexemeKind, string][] {
  return [
    ['accepts', input.type],
    ...nameKeys(input).map((key): [LexemeKind, string] => ['input', key]),
    ...ownKeys(input).map((key): [LexemeKind, string] => ['own', key]),
  ];
}

function optionLexemes(input: Input): [LexemeKind, string][] {
  const options = input.options.flatMap(({ value, label }) =>
    label !== null && label.toLowerCase() !== value.toLowerCase() ? [value, label] : [value],
  );
  return nameKeys(input).flatMap((key) =>
    options.map((option): [LexemeKind, string] => ['option', optionValue(key, option)]),
  );
}

/** The domain, and every domain that it is part of but the top level. */
function domainsOf(domain: string): string[] {
  const labels = domain.split('.');
  const parents = labels.map((_, at) => labels.slice(at).join('.')).slice(0, Math.max(1, labels.length - 1));
  return [...new Set(parents)];
}

/** `pt-br` is asked for as `pt`, too. */
function languagesOf(tag: string): string[] {
  const parts = tag.toLowerCase().split('-');
  return parts.map((_, at) => parts.slice(0, at + 1).join('-'));
}

export type TermKind = 'word' | 'tag' | 'input' | 'name';

/** What can be completed, or mended where it was mistyped: the words of names, tags and inputs, and these themselves. */
export function termsOf(listing: Listing): { kind: TermKind; text: string }[] {
  const { name, tags, inputs } = listing;
  const inputNames = inputs.flatMap((input) => (input.label ? [input.name, input.label] : [input.name]));
  const words = [name, ...tags, ...inputNames].flatMap(
    (text) =>
      segment(text)
        .toLowerCase()
        .match(/[\p{L}\p{N}]{2,40}/gu) ?? [],
  );
  const bounded = (text: string) => text.length <= documentLimits.termCharsMax;
  return [
    ...[...new Set(words)].map((text) => ({ kind: 'word' as const, text })),
    ...[...new Set(tags)].filter(bounded).map((text) => ({ kind: 'tag' as const, text: text.toLowerCase() })),
    ...[...new Set(inputs.map((input) => input.name))]
      .filter(bounded)
      .map((text) => ({ kind: 'input' as const, text: text.toLowerCase() })),
    ...(bounded(name) ? [{ kind: 'name' as const, text: name.toLowerCase() }] : []),
  ].slice(0, documentLimits.termsMax);
}
