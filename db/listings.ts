/** Reading listings whole. */

import { eq, type SQL, sql } from 'drizzle-orm';
import type { Listing, ListingRecord } from '../market/listing.ts';
import type { ShownScore } from '../market/reputation/shown-score.ts';
import type { Database } from './database.ts';
import { keptByConnections } from './prepared.ts';
import { scoreColumn } from './reputation.ts';
import { agent, change, consent, listing, listingStatus, registration } from './schema.ts';
import { unknownVitality, type Vitality, vitalityColumn } from './vitality.ts';

/** A listing is stale when it was not verified for this long, or when its agent let its registration's lease lapse. */
export const staleAfterHours = 24;

/** True where the agent's presence may be shown. */
const shown = sql`exists (select from ${consent} where ${consent.jid} = ${listing.jid})
  and not coalesce(${agent.presenceDenied}, false)`;

/** The resource at which the offer was seen is online; where it has none, any is. */
export function onlineAt(jid: SQL, callJid: SQL): SQL {
  return sql`exists (
    select from presence as here
    where here.jid = ${jid}
      and (${callJid} is null or ${callJid} in (here.jid, here.jid || '/' || here.resource)))`;
}

const online = onlineAt(sql`${listing.jid}`, sql`${listingStatus.callJid}`);

const lapsed = sql`exists (
  select from ${registration}
  where ${registration.jid} = ${listing.jid} and ${registration.leaseUntil} <= now())`;

/** What every reader of listings selects; needs listing, listing_status and agent joined. */
export const listingColumns = {
  body: listing.body,
  firstSeen: listing.firstSeen,
  updated: listing.updated,
  // Kept beside the listing: taking a number must not write the listing, and its indexes, a second time.
  seq: sql<number>`(select ${change.seq} from ${change} where ${change.id} = ${listing.id})`
    .mapWith(Number)
    .as('seq'),
  verified: listingStatus.verified,
  sources: listingStatus.sources,
  callJid: listingStatus.callJid,
  online: sql<boolean | null>`case when ${shown} then ${online} end`.as('online'),
  lastSeen: sql<Date | null>`case when ${shown} then ${agent.lastSeen} end`
    .mapWith(agent.lastSeen)
    .as('last_seen'),
  registered: sql<boolean>`exists (
    select from ${registration} where ${registration.jid} = ${listing.jid} and ${registration.leaseUntil} > now()
      and not ${agent.presenceDenied})`.as('registered'),
  vitality: vitalityColumn(sql`${listing.jid}`, shown),
  rating: scoreColumn('listing', sql`${listing.id}`).as('rating'),
  stale: sql<boolean>`(${listingStatus.verified} < now() - ${staleAfterHours} * interval '1 hour'
    or ${lapsed})`.as('stale'),
};

export type ListingRow = {
  body: Listing;
  firstSeen: Date;
  updated: Date;
  seq: number;
  verified: Date;
  sources: { [source: string]: string };
  callJid: string | null;
  online: boolean | null;
  lastSeen: Date | null;
  /** A registration's lease runs. */
  registered: boolean;
  vitality: Vitality | null;
  rating: ShownScore | null;
  stale: boolean;
};

export async function findListing(db: Database, id: string): Promise<ListingRecord | null> {
  const [row] = await selectListings(db, sql`${listing.id} = ${id} ${keptByConnections}`).limit(1);
  return row ? recordOf(row) : null;
}

/** An agent's listings, by name; at most `limit`. */
export async function listingsOfAgent(db: Database, jid: string, limit: number): Promise<ListingRecord[]> {
  const rows = await selectListings(db, eq(listing.jid, jid)).orderBy(listing.name, listing.id).limit(limit);
  return rows.map(recordOf);
}

export function recordOf(row: ListingRow): ListingRecord {
  const { body, firstSeen, updated, seq, verified, sources, online, lastSeen, stale, rating } = row;
  const { uptime, replyMs } = row.vitality ?? unknownVitality;
  const callJid = reachableAt(row, body.provider.jid);
  return {
    listing: body,
    status: { callJid, online, lastSeen, uptime, replyMs, verified, sources, stale },
    rating,
    firstSeen,
    updated,
    seq,
  };
}

/**
 * A resource is worth nothing once it is offline, and is shown only where presence is; or where the agent registered from it
 * and shows no presence: there is no other way to call it.
 */
export function reachableAt(
  { online, registered, callJid }: Pick<ListingRow, 'online' | 'registered' | 'callJid'>,
  jid: string,
): string | null {
  return online || (online === null && registered) ? callJid : jid;
}

export function selectListings(db: Database, where: SQL) {
  return db
    .select(listingColumns)
    .from(listing)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .where(where)
    .$dynamic();
}
