/** Listings whose required inputs the given names can fill, and those that lack one. */

import { eq, sql } from 'drizzle-orm';
import type { ListingRecord } from '../market/listing.ts';
import type { Database } from './database.ts';
import { listingColumns, recordOf } from './listings.ts';
import { agent, listing, listingStatus } from './schema.ts';

/** Listings that are looked at more closely, the best described first. */
export const matchCandidatesMax = 500;

/**
 * Candidates that take at least one of the names and lack at most one required input; whether the values fit is the
 * caller's to see.
 * @param names canonical names
 */
export async function matchCandidates(db: Database, names: string[]): Promise<ListingRecord[]> {
  const given = sql`array(select jsonb_array_elements_text(${JSON.stringify(names)}::jsonb))`;
  const lacking = sql`cardinality(array(select unnest(${listing.required}) except select unnest(${given})))`;
  const rows = await db
    .select(listingColumns)
    .from(listing)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .where(sql`${listing.takes} && ${given} and ${lacking} <= 1`)
    .orderBy(sql`${lacking}, ${listing.quality} desc, ${listing.id}`)
    .limit(matchCandidatesMax);
  return rows.map(recordOf);
}
