/** What is said of an agent, and what it wants said instead. */

import { eq, sql } from 'drizzle-orm';
import type { Listing } from '../market/listing.ts';
import type { Correction } from '../market/registration.ts';
import { type Database, rowsOf } from './database.ts';
import { type Agent, makeVisitDue } from './queue.ts';
import { recordChanges } from './record-changes.ts';
import { deleteListings } from './removals.ts';
import { listing, listingStatus } from './schema.ts';

/** A listing with what each source said of it, and when. */
export type SaidListing = {
  listing: Listing;
  sources: { source: string; at: Date }[];
  firstSeen: Date;
  updated: Date;
};

/** All that is listed of an agent, by name. */
export async function saidOf(db: Database, jid: string): Promise<SaidListing[]> {
  const rows = await db
    .select({
      listing: listing.body,
      firstSeen: listing.firstSeen,
      updated: listing.updated,
      verified: listingStatus.verified,
      sources: listingStatus.sources,
    })
    .from(listing)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .where(eq(listing.jid, jid))
    .orderBy(listing.name, listing.id);
  return rows.map(({ verified, sources, ...said }) => ({
    ...said,
    sources: said.listing.sources.map((source) => ({ source, at: new Date(sources[source] ?? verified) })),
  }));
}

export type CorrectionOutcome = 'saved' | 'not-registered' | 'too-many';

/**
 * Keeps what the agent wants said of its listing, or with null forgets it, and makes a visit due that applies it.
 * A listing that it hides is deleted at once.
 * @param max corrections kept of one agent
 */
export async function saveCorrection(
  db: Database,
  agent: Agent,
  node: string,
  correction: Correction | null,
  max: number,
): Promise<CorrectionOutcome> {
  const { jid } = agent;
  return db.transaction(async (tx) => {
    const kept = await tx.execute(sql`
      select corrections ? ${node} or (select count(*) from jsonb_object_keys(corrections)) < ${max} as "hasRoom"
      from registration where jid = ${jid} and lease_until > now() for update`);
    const [row] = rowsOf<{ hasRoom: boolean }>(kept);
    if (!row) return 'not-registered';
    if (correction && !row.hasRoom) return 'too-many';
    const changed = correction
      ? sql`corrections || jsonb_build_object(${node}::text, ${JSON.stringify(correction)}::jsonb)`
      : sql`corrections - ${node}::text`;
    await tx.execute(sql`update registration set corrections = ${changed} where jid = ${jid}`);
    await makeVisitDue(tx, agent);
    if (correction?.hidden) {
      // Taken in the order of the writer of the index, so that the two cannot wait for each other.
      await tx.execute(sql`select from agent where jid = ${jid} for update`);
      const isAll = node === '';
      const which = isAll ? sql`jid = ${jid}` : sql`jid = ${jid} and body->>'node' = ${node}`;
      await recordChanges(tx, await deleteListings(tx, which));
    }
    return 'saved';
  });
}
