/**
 * Where a listing has what a query asks for, to tell people why it is there. The database decides what matches, by its
 * stemmers; here endings are compared more simply, and what is not found this way is not claimed.
 */

import type { Input, Listing } from '../../market/listing.ts';
import { type AskedInput, type Query, qualifiersOf, type Term } from '../../market/query/ast.ts';
import { canonicalName, nameKeys } from '../../market/query/names.ts';
import { segment } from '../../market/query/segment.ts';
import { documentLimits, optionValue } from '../../market/search-document.ts';

/** In the order in which they weigh. */
export const places = [
  'name',
  'category',
  'tags',
  'inputs',
  'sample requests',
  'provider',
  'description',
] as const;
export type Place = (typeof places)[number];

export type Matches = {
  /** The words and phrases that a place has, as the query says them; places that have none are left out. */
  words: { place: Place; said: string[] }[];
  /** The inputs, by their place in the listing, that were asked for by name, type or word. */
  inputs: Set<number>;
  /** The tags, as the listing writes them. */
  tags: Set<string>;
  /** Inputs that were asked for by another name than their own. */
  otherwise: { asked: string; name: string }[];
};

export const noMatches: Matches = { words: [], inputs: new Set(), tags: new Set(), otherwise: [] };

export function matchesOf(listing: Listing, query: Query): Matches {
  const wanted = query.terms.filter(({ excluded }) => !excluded);
  const found = (texts: (string | null)[]) => termsIn(texts, wanted);
  const { tags, inputs } = listing;
  const texts: { [place in Place]: (string | null)[] } = {
    name: [listing.name, ...listing.names.map(({ text }) => text)],
    category: [listing.category],
    tags,
    inputs: inputs.flatMap(inputTexts),
    'sample requests': listing.queries,
    provider: [listing.provider.name],
    description: [(listing.description ?? '').slice(0, documentLimits.bodyCharsMax)],
  };
  const asked = askedInputs(inputs, query);
  const types = positive(query, 'accepts');
  const byWord = (input: Input) => found(inputTexts(input)).length > 0;
  const isMatch = (input: Input, at: number) => asked.has(at) || types.has(input.type) || byWord(input);
  const askedTags = positive(query, 'tag');
  return {
    words: places
      .map((place) => ({ place, said: found(texts[place]) }))
      .filter(({ said }) => said.length > 0),
    inputs: new Set(inputs.flatMap((input, at) => (isMatch(input, at) ? [at] : []))),
    tags: new Set(tags.filter((tag) => askedTags.has(tag.toLowerCase()) || found([tag]).length > 0)),
    otherwise: [...asked].flatMap(([at, name]) => {
      const own = inputs[at]?.name ?? name;
      return own.toLowerCase() === name.toLowerCase() ? [] : [{ asked: name, name: own }];
    }),
  };
}

/** As search reads them: the label, and the name with its words set apart. */
function inputTexts({ label, name }: Input): (string | null)[] {
  return [label, name.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')];
}

function positive(query: Query, name: 'accepts' | 'tag'): Set<string> {
  const qualifiers = qualifiersOf(query, name).filter(({ excluded }) => !excluded);
  return new Set(qualifiers.flatMap(({ values }): string[] => values));
}

/** The inputs that `input:` asks for, each with the name by which it was asked for. */
function askedInputs(inputs: Input[], query: Query): Map<number, string> {
  const asked = qualifiersOf(query, 'input').filter(({ excluded }) => !excluded);
  const values = asked.flatMap(({ values }) => values);
  if (values.length === 0) return new Map();
  const keys = inputs.map(nameKeys);
  return new Map(
    inputs.flatMap((input, at): [number, string][] => {
      const value = values.find((one) => isAsked(input, keys[at] ?? [], one));
      return value ? [[at, value.name]] : [];
    }),
  );
}

function isAsked(input: Input, keys: readonly string[], { name, option }: AskedInput): boolean {
  const key = canonicalName(name);
  if (!keys.includes(key)) return false;
  if (option === null) return true;
  const wanted = optionValue(key, option);
  return input.options.some(({ value, label }) =>
    [value, label].some((text) => text !== null && optionValue(key, text) === wanted),
  );
}

/** Those of the words and phrases that some text has, as they are written in the query. */
function termsIn(texts: (string | null)[], wanted: Term[]): string[] {
  if (wanted.length === 0) return [];
  const stems = texts.filter((text) => text !== null).map(stemsOf);
  const all = new Set(stems.flat());
  const found = wanted.filter(({ text, phrase }) => {
    const own = stemsOf(text);
    if (own.length === 0) return false;
    return phrase ? stems.some((line) => hasRun(line, own)) : own.every((stem) => all.has(stem));
  });
  return [...new Set(found.map(({ text }) => text))];
}

function hasRun(line: string[], run: string[]): boolean {
  return line.some(
    (stem, at) => stem === run[0] && run.every((other, offset) => line[at + offset] === other),
  );
}

function stemsOf(text: string): string[] {
  return (
    segment(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)
      ?.map(stemOf) ?? []
  );
}

const stemCharsMin = 3;

/** The word without an English ending, so that "rates" and "rating" are one. */
function stemOf(word: string): string {
  const single = word.replace(/(?<=..)ies$/, 'y');
  const stem = single.replace(/(ing|ed|es|s|e)$/, '');
  if (stem.length < stemCharsMin) return single;
  return stem === single ? stem : stem.replace(/([bdfgmnprt])\1$/, '$1');
}
