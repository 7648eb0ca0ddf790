/** What each agent states, by the way in which it was learned. */

import { eq } from 'drizzle-orm';
import type { DatedFacts, StatedListing } from '../market/facts.ts';
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
