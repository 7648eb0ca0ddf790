/** A query with one part more or less, as the page's links ask for it. All of it is done to the syntax tree. */

import type { FacetName } from '../../db/facets.ts';
import { type Qualifier, type Query, qualifiersOf } from '../../market/query/ast.ts';
import { isRefused, readValue } from '../../market/query/codecs.ts';
import { formatQualifier } from '../../market/query/format.ts';
import { isConflict, settle } from '../../market/query/settle.ts';

/** A counted value as a query would hold it; null where no query can ask for it. */
export function askableValue(name: FacetName, text: string): string | null {
  const value = readValue(name, text);
  return isRefused(value) ? null : value;
}

/** The values that the query asks for by this name; those that it excludes are not among them. */
export function valuesAsked(query: Query, name: FacetName): string[] {
  const asked = qualifiersOf(query, name).filter(({ excluded }) => !excluded);
  return [...new Set(asked.flatMap(({ values }): string[] => values))];
}

/** The query that asks for the value too; null where that would be more than a query may hold. */
export function withValue(query: Query, name: FacetName, value: string): Query | null {
  // What was excluded and is now chosen is wanted after all.
  const kept = withoutValues(query.qualifiers, name, value);
  const qualifier = { name, excluded: false, values: [value] } as Qualifier;
  const settled = settle({ ...query, qualifiers: [...kept, qualifier] });
  return isConflict(settled) ? null : settled;
}

/** The query that says nothing of the value. */
export function withoutValue(query: Query, name: FacetName, value: string): Query {
  const shorter = { ...query, qualifiers: withoutValues(query.qualifiers, name, value) };
  // What is left may say the same twice.
  const settled = settle(shorter);
  return isConflict(settled) ? shorter : settled;
}

function withoutValues(qualifiers: Qualifier[], name: FacetName, value: string): Qualifier[] {
  return qualifiers.flatMap((qualifier) => {
    if (qualifier.name !== name) return [qualifier];
    const values = qualifier.values.filter((other) => other !== value);
    return values.length === 0 ? [] : [{ ...qualifier, values } as Qualifier];
  });
}

/** The query without one of its qualifiers. Prices go with the last currency, in which they are compared. */
export function withoutQualifier(query: Query, qualifier: Qualifier): Query {
  const gone = formatQualifier(qualifier);
  const kept = query.qualifiers.filter((other) => formatQualifier(other) !== gone);
  const isPriced = kept.some(({ name }) => name === 'currency');
  return { ...query, qualifiers: isPriced ? kept : kept.filter(({ name }) => name !== 'price') };
}
