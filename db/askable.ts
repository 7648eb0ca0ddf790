/** What decides whether a provider is asked for proposals: what it permits, and how often it was asked lately. */

import { sql } from 'drizzle-orm';
import type { ListingRecord } from '../market/listing.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { recordOf, selectListings } from './listings.ts';
import { registrationState } from './registrations.ts';
import type { RelayWords } from './relay.ts';
import { listing } from './schema.ts';

export type AskableWords = RelayWords & {
  jid: string;
  subscribed: boolean;
  /** Calls of the last hours in which it was asked, by anybody. */
  asked: number;
  /** Of these, those of this client and of this site that it left without a proposal. */
  unansweredByClient: number;
  unansweredBySite: number;
};

export type Asking = { client: string; site: string; hours: number };

/** One row for each of the addresses. */
export async function askableWords(
  db: Database,
  jids: string[],
  { client, site, hours }: Asking,
): Promise<AskableWords[]> {
  const result = await db.execute(sql`
    select asked_of.jid,
      (select jsonb_object_agg(source, value) from fact where fact.jid = asked_of.jid) as facts,
      (select jsonb_agg(jsonb_build_object('item', item, 'listing', listing) order by service, item)
        from publication where publication.jid = asked_of.jid) as published,
      (select jsonb_build_object('state', ${registrationState}, 'relay', relay)
        from registration where registration.jid = asked_of.jid) as registration,
      exists (select from consent where consent.jid = asked_of.jid) as subscribed,
      lately.asked, lately.by_client as "unansweredByClient", lately.by_site as "unansweredBySite"
    from unnest(${textArray(jids)}) as asked_of(jid)
    cross join lateral (
      select count(*)::int as asked,
        (count(*) filter (where standing <> 'proposed' and client = ${client}))::int as by_client,
        (count(*) filter (where standing <> 'proposed' and site = ${site}))::int as by_site
      from request_asked join request on request.id = request_asked.request
      where provider = asked_of.jid and request_asked.created > now() - ${hours} * interval '1 hour'
        and standing <> 'dropped'
    ) as lately`);
  return rowsOf<AskableWords>(result);
}

/** The listings of these ids that there are. */
export async function listingsByIds(db: Database, ids: string[]): Promise<ListingRecord[]> {
  const rows = await selectListings(db, sql`${listing.id} = any(${textArray(ids)})`);
  return rows.map(recordOf);
}
