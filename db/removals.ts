/** Removes listings, for each reason that there is. */

import { type SQL, sql } from 'drizzle-orm';
import type { Listing } from '../market/listing.ts';
import { consents } from './consent.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { type Change, recordChanges } from './record-changes.ts';
import { forgetVitality } from './vitality.ts';

/** Ends the agent's subscription: its presence goes with it, and every listing that rested on it alone. */
export async function withdrawSubscription(db: Database, jid: string): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`delete from consent where jid = ${jid}`);
    await forgetVitality(tx, jid);
    return removeConsentListings(tx, jid);
  });
}

/**
 * Removes what rests on a consent that is not there: what an earlier life of the worker left half done. A lapsed
 * registration keeps its listings until it is swept.
 */
export async function removeUnconsented(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    const removed = await deleteListings(
      tx,
      sql`on_consent and not ${consents(sql`listing.jid`)}
        and not exists (select from registration where registration.jid = listing.jid)`,
    );
    await recordChanges(tx, removed);
    return removed.length;
  });
}

/** Removes everything listed from domains that the operator excludes. */
export async function removeDomains(db: Database, excludes: (domain: string) => boolean): Promise<number> {
  const found = await db.execute(sql`select distinct domain from agent`);
  const domains = rowsOf<{ domain: string }>(found).map((row) => row.domain);
  const excluded = domains.filter(excludes);
  if (excluded.length === 0) return 0;
  return db.transaction(async (tx) => {
    const removed = await deleteListings(tx, sql`domain = any(${textArray(excluded)})`);
    await recordChanges(tx, removed);
    return removed.length;
  });
}

/** Removes every listing that rested on this agent's consent alone, unless it consents still in another way. */
export async function removeConsentListings(db: Database, jid: string): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select from agent where jid = ${jid} for update`);
    const removed = await deleteListings(tx, sql`jid = ${jid} and on_consent and not ${consents(jid)}`);
    // Its commands were known by its consent; what it states to everybody stays.
    await tx.execute(
      sql`delete from fact where jid = ${jid} and source = 'commands' and not ${consents(jid)}`,
    );
    await recordChanges(tx, removed);
    return removed.length;
  });
}

/** Deletes listings, and what is kept of agents that have none left. Its changes are to be recorded last of all. */
export async function deleteListings(tx: Database, where: SQL): Promise<Change[]> {
  const result = await tx.execute(sql`
    delete from listing where ${where} returning id, jid, first_seen::text as "firstSeen", body as went`);
  const rows = rowsOf<{ id: string; jid: string; firstSeen: string; went: Listing }>(result);
  if (rows.length === 0) return [];
  await tx.execute(sql`
    with unlisted as (
      delete from agent
      where jid = any(${textArray([...new Set(rows.map((row) => row.jid))])})
        and not exists (select from listing where listing.jid = agent.jid)
      returning jid
    )
    delete from fact where jid in (select jid from unlisted)`);
  return rows.map(({ id, firstSeen, went }) => ({ id, op: 'delete', firstSeen, went }));
}
