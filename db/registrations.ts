/** Registrations: what agents ask of the directory by command, each under a lease. */

import { eq, type SQL, sql } from 'drizzle-orm';
import type { Permission, RegistrationRecord, Wish } from '../market/registration.ts';
import { withdrawnLease } from './consent.ts';
import { type Database, rowsOf } from './database.ts';
import { type Agent, makeVisitDue } from './queue.ts';
import { recordChanges } from './record-changes.ts';
import { deleteListings } from './removals.ts';
import { registration } from './schema.ts';
import { forgetVitality } from './vitality.ts';

export const registrationState = sql<RegistrationRecord['state']>`case
  when ${registration.leaseUntil} = ${withdrawnLease} then 'withdrawn'
  when ${registration.leaseUntil} > now() then 'live'
  else 'lapsed' end`;

export async function findRegistration(db: Database, jid: string): Promise<RegistrationRecord | null> {
  const [row] = await db
    .select({
      jid: registration.jid,
      granted: registration.granted,
      leaseUntil: registration.leaseUntil,
      resource: registration.resource,
      relay: registration.relay,
      presence: registration.presence,
      corrections: registration.corrections,
      state: registrationState,
    })
    .from(registration)
    .where(eq(registration.jid, jid));
  return row ?? null;
}

/**
 * Registers the agent or renews its registration, and makes a visit due at once. Corrections that it made earlier stay,
 * unless it had deregistered. Returns until when the lease runs.
 */
export async function grantRegistration(db: Database, agent: Agent, wish: Wish): Promise<Date> {
  const { leaseHours, relay, presence, about, resource = '' } = wish;
  const corrections = JSON.stringify(about ? { '': about } : {});
  return db.transaction(async (tx) => {
    const result = await tx.execute(sql`
      insert into registration (jid, granted, lease_until, relay, presence, corrections, resource)
      values (${agent.jid}, now(), now() + ${leaseHours} * interval '1 hour', ${relay}, ${presence},
        ${corrections}::jsonb, ${resource})
      on conflict (jid) do update set
        granted = excluded.granted, lease_until = excluded.lease_until,
        relay = excluded.relay, presence = excluded.presence, resource = excluded.resource,
        corrections = case when registration.lease_until = ${withdrawnLease} then excluded.corrections
          else registration.corrections || excluded.corrections end
      returning extract(epoch from lease_until)::float8 * 1000 as "untilMs"`);
    await hidePresence(tx, agent.jid, presence);
    await makeVisitDue(tx, agent);
    const [row] = rowsOf<{ untilMs: number }>(result);
    return new Date(Math.floor(row?.untilMs ?? 0));
  });
}

export type Withdrawal = {
  /** Something was kept of the agent. */
  known: boolean;
  /** Its subscription was in force. */
  subscribed: boolean;
  removed: number;
};

/**
 * Deletes at once everything that is listed of the agent and all that it asked for, and keeps nothing but its wish to
 * be left out. Its subscription counts as ended; the server is to be told.
 */
export async function withdrawRegistration(db: Database, jid: string): Promise<Withdrawal> {
  return db.transaction(async (tx) => {
    // Taken in the order of the writer of the index, so that the two cannot wait for each other.
    const locked = async (from: SQL) =>
      rowsOf(await tx.execute(sql`select from ${from} where jid = ${jid} for update`)).length > 0;
    const ended = await tx.execute(sql`delete from consent where jid = ${jid} returning jid`);
    const subscribed = rowsOf(ended).length > 0;
    const registered = await locked(sql`registration`);
    const listed = await locked(sql`agent`);
    // Of somebody unknown nothing is kept: the table must not grow by whoever asks.
    if (!subscribed && !registered && !listed) return { known: false, subscribed, removed: 0 };
    await tx.execute(sql`
      insert into registration (jid, lease_until) values (${jid}, ${withdrawnLease})
      on conflict (jid) do update set
        granted = now(), lease_until = excluded.lease_until, relay = null, presence = null, corrections = '{}'`);
    await tx.execute(sql`delete from fact where jid = ${jid}`);
    await forgetVitality(tx, jid);
    const removed = await deleteListings(tx, sql`jid = ${jid}`);
    await recordChanges(tx, removed);
    return { known: true, subscribed, removed: removed.length };
  });
}

/** What the agent denies is hidden without waiting for the visit; what it allows waits for what its forms say. */
async function hidePresence(tx: Database, jid: string, presence: Permission | null): Promise<void> {
  if (presence === 'deny') await tx.execute(sql`update agent set presence_denied = true where jid = ${jid}`);
}
