/** What each agent states, by the way in which it was learned. */

import { eq, sql } from 'drizzle-orm';
import type { DatedFacts, ListingForm, StatedListing } from '../market/facts.ts';
import type { Database } from './database.ts';
import { fact, publication } from './schema.ts';

/** Everything known of the agent, also what pubsub services attest of it. */
export async function factsOf(db: Database, jid: string): Promise<DatedFacts> {
  const [rows, published] = await Promise.all([
    db.select().from(fact).where(eq(fact.jid, jid)),
    db
      .select()
      .from(publication)
      .where(eq(publication.jid, jid))
      .orderBy(publication.service, publication.item),
  ]);
  const dated: DatedFacts = Object.fromEntries(
    rows.map(({ source, value, seen }) => [source, { value, seen }]),
  );
  if (published.length === 0) return dated;
  const value = published.map(({ item, listing }): StatedListing => ({ item, listing }));
  const seen = new Date(Math.max(...published.map((row) => row.seen.getTime())));
  return { ...dated, published: { value, seen } };
}

export type PublicationRow = { node: string; item: string; jid: string; listing: ListingForm };

/** Replaces all that a service attests; returns the agents of whom it says something else than before. */
export async function replacePublications(
  db: Database,
  service: string,
  rows: PublicationRow[],
): Promise<string[]> {
  const unique = [...new Map(rows.map((row) => [`${row.node}\0${row.item}`, row])).values()];
  const result = await db.execute(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(unique)}::jsonb)
        as row(node text, item text, jid text, listing jsonb)
    ), gone as (
      delete from publication where service = ${service}
        and not exists (select from given where given.node = publication.node and given.item = publication.item)
      returning jid
    ), before as (
      select node, item, jid, listing from publication where service = ${service}
    ), put as (
      insert into publication (service, node, item, jid, listing)
      select ${service}, node, item, jid, listing from given
      on conflict (service, node, item) do update set
        jid = excluded.jid, listing = excluded.listing, seen = now()
    )
    select jid from gone
    union select given.jid from given
      left join before using (node, item)
      where before.jid is distinct from given.jid or before.listing is distinct from given.listing
    union select before.jid from before join given using (node, item) where before.jid <> given.jid`);
  return (result as unknown as { rows: { jid: string }[] }).rows.map((row) => row.jid);
}
