/** What is to be known of a call before a stanza goes out for it, and above all what its agent says about being called for others. */

import { eq, type SQL, sql } from 'drizzle-orm';
import type { Facts } from '../market/facts.ts';
import type { Listing, ListingRecord } from '../market/listing.ts';
import type { RegistrationRecord } from '../market/registration.ts';
import type { Database } from './database.ts';
import { listingColumns, reachableAt, recordOf } from './listings.ts';
import { builtOnce, keptByConnections } from './prepared.ts';
import { type CarriedContract, shownContract } from './read-contracts.ts';
import { registrationState } from './registrations.ts';
import { agent, contract, listing, listingStatus } from './schema.ts';

export type RelayWords = {
  /** What it states, by how it was learned; null where nothing is known. */
  facts: Partial<Omit<Facts, 'published'>> | null;
  /** What pubsub services attest of it. */
  published: Facts['published'] | null;
  registration: Pick<RegistrationRecord, 'state' | 'relay'> | null;
};

function wordsOf(jid: SQL) {
  return {
    facts: sql<
      RelayWords['facts']
    >`(select jsonb_object_agg(source, value) from fact where fact.jid = ${jid})`,
    published: sql<RelayWords['published']>`(
      select jsonb_agg(jsonb_build_object('item', item, 'listing', listing) order by service, item)
      from publication where publication.jid = ${jid})`,
    registration: sql<RelayWords['registration']>`(
      select jsonb_build_object('state', ${registrationState}, 'relay', relay)
      from registration where registration.jid = ${jid})`,
  };
}

/** A listing with what is to be known before its agent is called for somebody. */
export type AskedListing = {
  record: ListingRecord;
  words: RelayWords;
  /** The address of the directory itself; null where no worker has claimed the database yet. */
  directory: string | null;
};

const askedListing = builtOnce((db) =>
  db
    .select({
      ...listingColumns,
      words: wordsOf(sql`${listing.jid}`),
      directory: sql<string | null>`(select jid from directory)`.as('directory'),
    })
    .from(listing)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .where(sql`${listing.id} = ${sql.placeholder('id')} ${keptByConnections}`)
    .prepare('listing_to_call'),
);

export async function listingToCall(db: Database, id: string): Promise<AskedListing | null> {
  const [row] = await askedListing(db).execute({ id });
  return row ? { record: recordOf(row), words: row.words, directory: row.directory } : null;
}

/** A call, as the worker carries it on. */
export type CarriedCall = CarriedContract & {
  words: RelayWords;
  /** Where the agent is called just now, and what it says its values are; null where the listing is gone. */
  target: { jid: string; outputSchema: Listing['outputSchema'] } | null;
};

const carriedCalls = builtOnce((db) => {
  const { callJid, online, registered } = listingColumns;
  const ids = sql`array(select jsonb_array_elements_text(${sql.placeholder('ids')}::jsonb))`;
  return db
    .select({
      ...{ contract: shownContract, thread: contract.thread, words: wordsOf(sql`${contract.provider}`) },
      ...{ jid: listing.jid, callJid, online, registered },
      outputSchema: sql<Listing['outputSchema']>`${listing.body}->'outputSchema'`,
    })
    .from(contract)
    .leftJoin(listing, eq(listing.id, sql`${contract.listing}->>'id'`))
    .leftJoin(listingStatus, eq(listingStatus.id, listing.id))
    .leftJoin(agent, eq(agent.jid, listing.jid))
    .where(sql`${contract.id} = any(${ids}) ${keptByConnections}`)
    .prepare('calls_to_carry_on');
});

/** In the order of the ids; null where there is no such contract. */
export async function callsToCarryOn(db: Database, ids: string[]): Promise<(CarriedCall | null)[]> {
  const rows = await carriedCalls(db).execute({ ids: JSON.stringify(ids) });
  const calls = rows.map(({ contract: of, thread, words, jid, outputSchema, ...row }) => {
    const target = jid === null ? null : { jid: reachableAt(row, jid) ?? jid, outputSchema };
    return { contract: of, thread: thread ?? {}, words, target };
  });
  const byId = new Map(calls.map((call) => [call.contract.id, call]));
  return ids.map((id) => byId.get(id) ?? null);
}
