/** Listings whose required inputs the given names can fill, and those that lack one. */

import { type SQL, sql } from 'drizzle-orm';
import { type InputSet, subsetsOf } from '../market/input-sets.ts';
import type { Input, ListingRecord } from '../market/listing.ts';
import { lexeme } from '../market/search-document.ts';
import { tsqueryOfAny } from './conditions.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { recordOf, selectListings } from './listings.ts';
import { plannedOnce } from './prepared.ts';
import { listing } from './schema.ts';
import { tierWalk } from './tiers.ts';

/**
 * Listings that are looked at more closely, the best standing first: of those that lack nothing, first of those that need more
 * than one of the names; and of the others.
 */
export const matchCandidatesMax = 200;

export type MatchCandidate = { id: string; inputs: Input[] };

/**
 * Listings that take at least one of the names, and for whose required inputs the names are enough, or would be with one
 * more; the best standing first. Whether the values fit, and what is missing in truth, is the caller's to see.
 * @param names canonical names; their number is bounded, since all their subsets are asked for
 */
export async function matchCandidates(
  db: Database,
  names: string[],
): Promise<{ candidates: MatchCandidate[]; isCut: boolean }> {
  const takes = tsqueryOfAny(names.map((name) => lexeme('input', name)));
  if (!takes) return { candidates: [], isCut: false };
  const sets = subsetsOf(names);
  const meets = (column: SQL, among: string) =>
    sql`${listing.document} @@ ${takes} and ${column} && (select array_agg(set) from ${sql.raw(among)})`;
  const rows = rowsOf<MatchCandidate & { cut: boolean }>(
    await db.execute(sql`${plannedOnce}
      with recursive known as materialized (
        select set from input_set where set = any(${setArray(sets.map(({ set }) => set))})
      ), telling as materialized (
        select set from known where set = any(${setArray(sets.filter(({ size }) => size > 1).map(({ set }) => set))})
      ), ${tierWalk('best', matchCandidatesMax, meets(sql`${listing.fills}`, 'telling'))},
      ${tierWalk('filled', matchCandidatesMax, meets(sql`${listing.fills}`, 'known'))},
      ${tierWalk('lacking', matchCandidatesMax, meets(sql`${listing.lacks}`, 'known'))},
      candidate as (
        select unnest(places) as place from best union select unnest(places) from filled
        union select unnest(places) from lacking)
      select id, body->'inputs' as inputs, greatest(
        (select sum(cardinality(places)) from filled), (select sum(cardinality(places)) from lacking)
      ) >= ${matchCandidatesMax} as cut
      from candidate join listing on listing.ctid = place
      order by standing desc, id`),
  );
  return { candidates: rows, isCut: rows[0]?.cut ?? false };
}

function setArray(sets: InputSet[]): SQL {
  return sql`${`{${sets.join(',')}}`}::bigint[]`;
}

/** The listings of those ids that are still there. */
export async function listingsById(db: Database, ids: string[]): Promise<ListingRecord[]> {
  const rows = await selectListings(db, sql`${listing.id} = any(${textArray(ids)})`);
  return rows.map(recordOf);
}
