/** Listings whose required inputs the given names can fill, and those that lack one. */

import { type SQL, sql } from 'drizzle-orm';
import { type InputSet, subsetsOf } from '../market/input-sets.ts';
import type { Input, ListingRecord } from '../market/listing.ts';
import { lexeme } from '../market/search-document.ts';
import { tsqueryOfAny } from './conditions.ts';
import { type Database, rowsOf } from './database.ts';
import { recordOf, selectListings } from './listings.ts';
import { plannedOnce } from './prepared.ts';
import { listing } from './schema.ts';
import { tierWalk } from './tiers.ts';

/** Listings that are looked at more closely, the best standing first: of those that lack nothing, and of the others. */
export const matchCandidatesMax = 200;

export type MatchCandidate = { id: string; inputs: Input[] };

/**
 * Listings that take at least one of the names, and for whose required inputs the names are enough (`fills`) or would be
 * with one more (`lacks`). Whether the values fit is the caller's to see.
 * @param names canonical names; their number is bounded, since all their subsets are asked for
 */
export async function matchCandidates(
  db: Database,
  names: string[],
  how: 'fills' | 'lacks',
): Promise<MatchCandidate[]> {
  const sets = subsetsOf(names);
  const takes = tsqueryOfAny(names.map((name) => lexeme('input', name)).filter((text) => text !== null));
  if (!takes) return [];
  const column = how === 'fills' ? listing.fills : listing.lacks;
  const meets = sql`${listing.document} @@ ${takes} and ${column} && (select array_agg(set) from known)`;
  return rowsOf(
    await db.execute(sql`${plannedOnce}
      with recursive known as materialized (
        select set from input_set where set = any(${setArray(sets)})
      ), ${tierWalk('matched', matchCandidatesMax, meets)}
      select id, body->'inputs' as inputs
      from (select unnest(places) as place from matched) as candidate join listing on listing.ctid = place
      order by standing desc, id`),
  );
}

function setArray(sets: InputSet[]): SQL {
  return sql`${`{${sets.join(',')}}`}::bigint[]`;
}

/** The listings of those ids that are still there. */
export async function listingsById(db: Database, ids: string[]): Promise<ListingRecord[]> {
  const rows = await selectListings(
    db,
    sql`${listing.id} in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`,
  );
  return rows.map(recordOf);
}
