/** What goes by the passing of time alone. */

import { type SQL, sql } from 'drizzle-orm';
import { forgetChallenges } from './challenges.ts';
import { withdrawnLease } from './consent.ts';
import { type Database, rowsOf } from './database.ts';
import { forgetKeys } from './idempotency.ts';
import { recordChanges } from './record-changes.ts';
import { deleteListings, removeConsentListings } from './removals.ts';
import { emptyContracts, emptyRequests } from './retention.ts';
import { sweepQueries } from './subscriptions.ts';
import { forgetTokens } from './tokens.ts';

export const sweepLimits = {
  /** A lapsed lease can be renewed this long; then the registration goes, and the listings that rested on it. */
  lapsedKeepDays: 7,
  /** A listing that was not verified for this long goes. */
  unverifiedKeepDays: 30,
  /** How long it is remembered that a token was revoked or expired. */
  endedTokenKeepDays: 30,
  /** Registrations, and listings, that one transaction takes. */
  batchMax: 500,
  /** Contracts that one transaction empties, with all of their histories, and transactions of one sweep. */
  contractsBatchMax: 100,
  contractBatchesMax: 50,
  /** The same of calls for proposals. */
  requestsBatchMax: 100,
  requestBatchesMax: 50,
} as const;

export type Swept = {
  registrations: number;
  listings: number;
  tokens: number;
  queries: number;
  contracts: number;
  requests: number;
};

export async function sweep(db: Database): Promise<Swept> {
  const swept = { registrations: 0, listings: 0, tokens: 0, queries: 0, contracts: 0, requests: 0 };
  for (;;) {
    const batch = await sweepRegistrations(db);
    swept.registrations += batch.registrations;
    swept.listings += batch.listings;
    if (batch.registrations < sweepLimits.batchMax) break;
  }
  for (;;) {
    const removed = await sweepListings(db);
    swept.listings += removed;
    if (removed < sweepLimits.batchMax) break;
  }
  swept.tokens = await forgetTokens(db, sweepLimits.endedTokenKeepDays);
  swept.queries = await sweepQueries(db);
  for (let batches = 0; batches < sweepLimits.contractBatchesMax; batches++) {
    const emptied = await emptyContracts(db, sweepLimits.contractsBatchMax);
    swept.contracts += emptied;
    if (emptied < sweepLimits.contractsBatchMax) break;
  }
  for (let batches = 0; batches < sweepLimits.requestBatchesMax; batches++) {
    const emptied = await emptyRequests(db, sweepLimits.requestsBatchMax);
    swept.requests += emptied;
    if (emptied < sweepLimits.requestsBatchMax) break;
  }
  await forgetKeys(db);
  await forgetChallenges(db);
  return swept;
}

/** What an agent states to everybody stays, and so does what it offers to us by its subscription. */
async function sweepRegistrations(db: Database): Promise<{ registrations: number; listings: number }> {
  return db.transaction(async (tx) => {
    const result = await tx.execute(sql`
      delete from registration where jid in (
        select jid from registration
        where lease_until <> ${withdrawnLease}
          and lease_until < now() - ${sweepLimits.lapsedKeepDays} * interval '1 day'
        order by jid limit ${sweepLimits.batchMax} for update skip locked)
      returning jid`);
    const jids = rowsOf<{ jid: string }>(result).map(({ jid }) => jid);
    await lockAgents(tx, sql`select jsonb_array_elements_text(${JSON.stringify(jids)}::jsonb)`);
    let listings = 0;
    for (const jid of jids) listings += await removeConsentListings(tx, jid);
    return { registrations: jids.length, listings };
  });
}

async function sweepListings(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    const overdue = sql`select id from listing_status
      where verified < now() - ${sweepLimits.unverifiedKeepDays} * interval '1 day'
      order by id limit ${sweepLimits.batchMax}`;
    await lockAgents(tx, sql`select jid from listing where id in (${overdue})`);
    const removed = await deleteListings(tx, sql`id in (${overdue})`);
    await recordChanges(tx, removed);
    return removed.length;
  });
}

/** Taken first, in the order of the writer of the index, so that the two cannot wait for each other. */
async function lockAgents(tx: Database, jids: SQL): Promise<void> {
  await tx.execute(sql`select from agent where jid in (${jids}) order by jid for update`);
}
