/** What an agent says about being called for others, in one statement: it is asked before every stanza of a call. */

import { sql } from 'drizzle-orm';
import type { Facts } from '../market/facts.ts';
import type { RegistrationRecord } from '../market/registration.ts';
import { type Database, rowsOf } from './database.ts';
import { keptByConnections } from './prepared.ts';
import { registrationState } from './registrations.ts';

export type RelayWords = {
  /** What it states, by how it was learned; null where nothing is known. */
  facts: Partial<Omit<Facts, 'published'>> | null;
  /** What pubsub services attest of it. */
  published: Facts['published'] | null;
  registration: Pick<RegistrationRecord, 'state' | 'relay'> | null;
};

export async function relayWords(db: Database, jid: string): Promise<RelayWords> {
  const result = await db.execute(sql`${keptByConnections}
    select
      (select jsonb_object_agg(source, value) from fact where fact.jid = ${jid}) as facts,
      (select jsonb_agg(jsonb_build_object('item', item, 'listing', listing) order by service, item)
        from publication where publication.jid = ${jid}) as published,
      (select jsonb_build_object('state', ${registrationState}, 'relay', relay)
        from registration where registration.jid = ${jid}) as registration`);
  const [row] = rowsOf<RelayWords>(result);
  return row ?? { facts: null, published: null, registration: null };
}
