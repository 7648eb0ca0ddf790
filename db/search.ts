/** From the query's syntax tree to SQL. */

import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { ListingRecord } from '../market/listing.ts';
import type { Query, Term } from '../market/query.ts';
import type { Database } from './database.ts';
import { listingColumns, recordOf } from './listings.ts';
import { agent, listing, listingStatus } from './schema.ts';

/** A query's candidates are cut at this number, best described first, before they are ranked. */
export const candidatesMax = 1000;

export type SearchKey = { score: number; id: string };
export type SearchHit = { record: ListingRecord; score: number };

/**
 * The first `limit` hits after `after`, best first, and how many candidates were ranked.
 * A score is a whole number, so that a page's key compares exactly.
 */
export async function searchListings(
  db: Database,
  query: Query,
  after: SearchKey | null,
  limit: number,
): Promise<{ hits: SearchHit[]; candidates: number }> {
  const text = textQuery(query.terms);
  const candidates = db.$with('candidates').as(
    db
      .select({ id: listing.id, document: listing.document, quality: listing.quality })
      .from(listing)
      .where(
        and(
          text ? sql`${listing.document} @@ ${text}` : undefined,
          query.tags.length > 0 ? sql`${listing.tags} && ${textArray(query.tags)}` : undefined,
          query.domains.length > 0 ? sql`${listing.domain} = any(${textArray(query.domains)})` : undefined,
        ),
      )
      .orderBy(sql`${listing.quality} desc, ${listing.id}`)
      .limit(candidatesMax),
  );
  const relevance = text
    ? sql`(ts_rank(document, ${text}) * 1000000)::int + quality`
    : sql`quality::int * 10000`;
  const ranked = db.$with('ranked').as(
    db
      .select({
        id: sql<string>`id`.as('id'),
        score: sql<number>`${relevance}`.as('score'),
        candidates: sql<number>`count(*) over ()`.as('candidates'),
      })
      .from(candidates),
  );
  const rows = await db
    .with(candidates, ranked)
    .select({
      ...listingColumns,
      score: sql<number>`ranked.score`.mapWith(Number),
      candidates: sql<number>`ranked.candidates`.mapWith(Number),
    })
    .from(ranked)
    .innerJoin(listing, sql`${listing.id} = ranked.id`)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .where(after ? sql`(ranked.score, ${after.id}::text) < (${after.score}::int, ${listing.id})` : undefined)
    .orderBy(sql`ranked.score desc, ${listing.id}`)
    .limit(limit);
  return {
    hits: rows.map(({ score, candidates: _, ...row }) => ({ record: recordOf(row), score })),
    candidates: rows[0]?.candidates ?? 0,
  };
}

/** Each word must occur, by its stem or as it is written; null where the query has no words. */
function textQuery(terms: Term[]): SQL | null {
  if (terms.length === 0) return null;
  const parts = terms.map((term) => {
    const parse = sql.raw(term.phrase ? 'phraseto_tsquery' : 'plainto_tsquery');
    const either = sql`(${parse}('english', ${term.text}) || ${parse}('simple', ${term.text}))`;
    return term.excluded ? sql`!!${either}` : either;
  });
  return sql`(${sql.join(parts, sql` && `)})`;
}

function textArray(values: string[]): SQL {
  return sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;
}
