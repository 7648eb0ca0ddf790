/** One form for queries that mean the same, whichever way they came in, and the rules that hold across their parts. */

import {
  type Qualifier,
  type QualifierName,
  type Query,
  qualifierNames,
  qualifiersOf,
  queryLimits,
} from './ast.ts';
import { charsOf } from './clean.ts';
import { writeValues } from './codecs.ts';
import { formatQualifier, formatQuery } from './format.ts';

/** Qualifiers that do not go together; `name` is the one to change, or null where it is the query as a whole. */
export type Conflict = { conflict: true; name: QualifierName | null; detail: string };

/** The query in its one form: nothing said twice, values and qualifiers in order. Words keep their order. */
export function settle({ terms, qualifiers }: Query): Query | Conflict {
  const query: Query = {
    terms: uniqueBy(terms, ({ text, phrase, excluded }) => JSON.stringify([text, phrase, excluded])),
    qualifiers: uniqueBy(qualifiers.map(settleValues), formatQualifier).sort(inOrder),
  };
  return conflictIn(query) ?? query;
}

export function isConflict(value: Query | Conflict): value is Conflict {
  return 'conflict' in value;
}

function settleValues<Name extends QualifierName>(qualifier: Qualifier<Name>): Qualifier<Name> {
  const texts = writeValues(qualifier);
  const byText = new Map(qualifier.values.map((value, index) => [texts[index] ?? '', value]));
  const values = [...byText].sort(([a], [b]) => compare(a, b)).map(([, value]) => value);
  return { ...qualifier, values };
}

function conflictIn(query: Query): Conflict | null {
  const { charsMax, qualifiersMax } = queryLimits;
  const conflict = (name: QualifierName | null, detail: string): Conflict => ({
    conflict: true,
    name,
    detail,
  });
  const has = (name: QualifierName) => query.qualifiers.some((qualifier) => qualifier.name === name);
  if (has('price') && !has('currency'))
    return conflict(
      'price',
      "'price:' needs a currency to compare in; expected currency: too, such as currency:EUR",
    );
  const places = qualifiersOf(query, 'near').flatMap(({ values }) => values);
  if (places.length > 1) return conflict('near', "'near:' names several places; expected one");
  if (query.qualifiers.length > qualifiersMax)
    return conflict(null, `more than ${qualifiersMax} qualifiers; expected at most that many`);
  const chars = charsOf(formatQuery(query));
  return chars > charsMax
    ? conflict(null, `the query has ${chars} characters when written out; at most ${charsMax} are read`)
    : null;
}

function inOrder(a: Qualifier, b: Qualifier): number {
  const byName = qualifierNames.indexOf(a.name) - qualifierNames.indexOf(b.name);
  return byName || Number(a.excluded) - Number(b.excluded) || compare(formatQualifier(a), formatQualifier(b));
}

/** By code unit: the same everywhere, whatever the machine's language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}
