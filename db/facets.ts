/** Counts over what a query matches, within the same cut as its results. */

import { and, eq, sql } from 'drizzle-orm';
import type { Query } from '../market/query/ast.ts';
import { conditions, wordsQuery } from './conditions.ts';
import type { Database } from './database.ts';
import { agent, listing } from './schema.ts';

/** Listings that are counted, the best described first; what is more is not counted, and said so. */
export const facetCandidatesMax = 10_000;
export const facetValuesMax = 30;

export const facetNames = ['tag', 'category', 'lang', 'domain', 'kind', 'accepts'] as const;
export type FacetName = (typeof facetNames)[number];
export type Facets = { counted: number; facets: { [name in FacetName]: { value: string; count: number }[] } };

export async function countFacets(db: Database, query: Query): Promise<Facets> {
  const matched = db.$with('matched').as(
    db
      .select({ body: listing.body, domain: listing.domain, tags: listing.tags })
      .from(listing)
      .innerJoin(agent, eq(agent.jid, listing.jid))
      .where(and(...conditions(query, wordsQuery(query))))
      .orderBy(sql`${listing.quality} desc`, listing.id)
      .limit(facetCandidatesMax),
  );
  const rows = await db
    .with(matched)
    .select({
      name: sql<FacetName>`name`,
      value: sql<string>`value`,
      count: sql<number>`count`.mapWith(Number),
      counted: sql<number>`counted`.mapWith(Number),
    })
    .from(
      sql`(
        select name, value, count, counted, row_number() over (partition by name order by count desc, value) as place
        from (
          select name, value, count(*) as count, (select count(*) from matched) as counted
          from matched cross join lateral (
            select 'tag' as name, tag as value from unnest(tags) as tag
            union all select 'category', body->>'category' where body->>'category' is not null
            union all select 'lang', lang from jsonb_array_elements_text(body->'lang') as lang
            union all select 'domain', domain
            union all select 'kind', body->>'kind'
            union all select distinct 'accepts', input->>'type' from jsonb_array_elements(body->'inputs') as input
          ) as said
          group by name, value
        ) as counts
      ) as placed`,
    )
    .where(sql`place <= ${facetValuesMax}`)
    .orderBy(sql`name, place`);
  const of = (name: FacetName) =>
    rows.filter((row) => row.name === name).map(({ value, count }) => ({ value, count }));
  return {
    counted: rows[0]?.counted ?? 0,
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
