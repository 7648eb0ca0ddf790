/** Counts over what a query matches: of everything where that is little, else of a sample at random, scaled. */

import { sql } from 'drizzle-orm';
import type { Query } from '../market/query/ast.ts';
import { LEXEMES } from '../market/search-document.ts';
import { allOf, conditionsOf } from './conditions.ts';
import { type Database, rowsOf } from './database.ts';
import { plannedOnce } from './prepared.ts';
import { listing } from './schema.ts';

export const facetLimits = {
  /** Matches that are enough to count: the sample grows until it holds so many, or everything. */
  countedMax: 2_000,
  valuesMax: 30,
} as const;

export const facetNames = ['tag', 'category', 'lang', 'domain', 'kind', 'accepts'] as const;
export type FacetName = (typeof facetNames)[number];
export type Facets = {
  /** How many listings match. */
  counted: number;
  /** The figures are those of a sample, scaled. */
  approximate: boolean;
  facets: { [name in FacetName]: { value: string; count: number }[] };
};

/** The sample that is everything; each smaller one is half of it (see listing_sample). */
const lastSample = 10;

export async function countFacets(db: Database, query: Query): Promise<Facets> {
  const conditions = conditionsOf(query);
  const { countedMax, valuesMax } = facetLimits;
  const letters = sql.join(
    facetNames.map((name) => sql`(${LEXEMES[name]}, ${name})`),
    sql`, `,
  );
  const rows = rowsOf<{ name: FacetName; value: string; count: number; counted: number; sample: number }>(
    await db.execute(sql`${conditions.measures ? sql`` : plannedOnce}
      with recursive ${conditions.asked}, walk(sample, taken, facets) as (
        select -1, 0, '{}'::text[]
        union all
        select before.sample + 1, before.taken + found.taken, found.facets
        from walk as before cross join lateral (
          select count(*)::int as taken, array_agg(array_to_string(facets, E'\\n')) as facets from (
            select facets from ${listing}
            where ${listing.sample} = (before.sample + 1)::smallint and ${allOf(conditions) ?? sql`true`}
            limit 2 * ${countedMax}::int) as matched) as found
        where before.sample < ${lastSample}::int and before.taken < ${countedMax}::int
      ), reached as (
        select max(sample) as sample, max(taken) as counted from walk
      ), counts as (
        select left(said, 1) as letter, substr(said, 3) as value, count(*)::int as n
        from walk, unnest(facets) as listed, string_to_table(listed, E'\\n') as said group by 1, 2
      ), placed as (
        select name, value, n, row_number() over (partition by name order by n desc, value) as place
        from counts join (values ${letters}) as facet(letter, name) using (letter)
      )
      select name, value, sample, counted * scale as counted, n * scale as count
      from placed, reached, lateral (select 1 << ${lastSample}::int - sample as scale) as scaled where place <= ${valuesMax} order by name, place`),
  );
  const of = (name: FacetName) =>
    rows.filter((row) => row.name === name).map(({ value, count }) => ({ value, count }));
  const [first] = rows;
  return {
    counted: first?.counted ?? 0,
    approximate: (first?.sample ?? lastSample) < lastSample,
    facets: {
      tag: of('tag'),
      category: of('category'),
      lang: of('lang'),
      domain: of('domain'),
      kind: of('kind'),
      accepts: of('accepts'),
    },
  };
}
