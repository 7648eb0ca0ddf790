/**
 * A query as data: what a text, a JSON body and a data form all become. Terms and qualifiers must all hold; the values
 * of one qualifier are alternatives.
 */

import type { InputType, ListingKind } from '../listing.ts';

/** A word or phrase to be found in what a listing says, or not to be found. */
export type Term = { text: string; phrase: boolean; excluded: boolean };

export const operators = ['>=', '>', '<=', '<', '='] as const;
export type Operator = (typeof operators)[number];
export type Comparison<Value> = { operator: Operator; value: Value };

/** An input of this name; with an option, one that is a choice and offers it. */
export type AskedInput = { name: string; option: string | null };

/** A circle on the map, in degrees (WGS 84) and kilometres. */
export type Near = { lat: number; lon: number; km: number };

/** Qualifiers that name a set, and so can be excluded as well: none of the values may hold. */
type SetValues = {
  input: AskedInput;
  accepts: InputType;
  returns: string;
  /** In lower case. */
  tag: string;
  /** In lower case. */
  category: string;
  /** A BCP 47 tag in lower case. */
  lang: string;
  kind: ListingKind;
  /** Prepared, with U-labels. */
  domain: string;
  /** A prepared bare JID. */
  agent: string;
  feature: string;
};

type MeasureValues = {
  online: boolean;
  /** Of the lower bound of the rating's interval. */
  rating: Comparison<number>;
  /** An exact decimal without superfluous zeros, in the query's `currency`. */
  price: Comparison<string>;
  currency: string;
  /** A share of the time, 0 to 1. */
  uptime: Comparison<number>;
  /** A query has one at most. */
  near: Near;
  /** A date, or a date with time in UTC: see `times.ts`. */
  updated: Comparison<string>;
};

export type Values = SetValues & MeasureValues;
export type SetName = keyof SetValues;
export type QualifierName = keyof Values;

/** One qualifier, or (without a type argument) any: a union that is told apart by `name`. */
export type Qualifier<Names extends QualifierName = QualifierName> = {
  [Name in Names]: {
    name: Name;
    excluded: Name extends SetName ? boolean : false;
    values: Values[Name][];
  };
}[Names];

export type Query = { terms: Term[]; qualifiers: Qualifier[] };

export const emptyQuery: Query = { terms: [], qualifiers: [] };

/** In the order in which a query lists them. */
export const qualifierNames = [
  'input',
  'accepts',
  'returns',
  'tag',
  'category',
  'lang',
  'kind',
  'domain',
  'agent',
  'feature',
  'online',
  'rating',
  'price',
  'currency',
  'uptime',
  'near',
  'updated',
] as const satisfies QualifierName[];

export const queryLimits = {
  /** Of the whole query, as it is written and as it is printed. */
  charsMax: 2000,
  termsMax: 50,
  termCharsMax: 200,
  qualifiersMax: 50,
  /** Of one qualifier. */
  valuesMax: 50,
  valueCharsMax: 500,
} as const;

const SETS: { [Name in SetName]: true } = {
  input: true,
  accepts: true,
  returns: true,
  tag: true,
  category: true,
  lang: true,
  kind: true,
  domain: true,
  agent: true,
  feature: true,
};

export function isSetName(name: QualifierName): name is SetName {
  return Object.hasOwn(SETS, name);
}

/** The query's qualifiers of one name, which must all hold. */
export function qualifiersOf<Name extends QualifierName>(query: Query, name: Name): Qualifier<Name>[] {
  return query.qualifiers.filter((qualifier) => qualifier.name === name) as Qualifier<Name>[];
}

/** The currency that prices are compared in; null where the query names none or several. */
export function soleCurrency(query: Query): string | null {
  const [first, ...others] = qualifiersOf(query, 'currency').flatMap(({ values }) => values);
  return others.length === 0 ? (first ?? null) : null;
}

/** The place that the query asks about. */
export function nearOf(query: Query): Near | null {
  return qualifiersOf(query, 'near')[0]?.values[0] ?? null;
}
