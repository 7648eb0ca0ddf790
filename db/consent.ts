/** Consent and presence of agents. */

import { desc, eq, type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf, textArray } from './database.ts';
import { consent, presence } from './schema.ts';

/**
 * Where the lease of an agent that deregistered ended. Its row stays, to say that the agent wants to be left out until
 * it registers or subscribes again.
 */
export const withdrawnLease = sql`'epoch'::timestamptz`;

/** True where the agent of that JID consents: it subscribed, or registered and the lease runs; and did not deregister. */
export function consents(jid: string | SQL): SQL {
  return sql`((
    exists (select from consent where consent.jid = ${jid})
    or exists (select from registration where registration.jid = ${jid} and registration.lease_until > now())
  ) and not exists (
    select from registration where registration.jid = ${jid} and registration.lease_until = ${withdrawnLease}))`;
}

/**
 * Notes the agent's subscription, which also takes back an earlier wish to be left out. Whether it lets the directory see
 * its presence is open again: who asks anew may have forgotten that, too.
 */
export async function grantConsent(db: Database, jid: string): Promise<void> {
  await db.execute(sql`
    with readmitted as (
      delete from registration where jid = ${jid} and lease_until = ${withdrawnLease}
    )
    insert into consent (jid) values (${jid}) on conflict (jid) do update set shows = null where consent.shows is not null`);
}

/** Notes that the roster has shown these subscriptions. */
export async function confirmConsent(db: Database, jids: string[]): Promise<void> {
  if (jids.length === 0) return;
  await db.execute(sql`
    update consent set confirmed = true
    where not confirmed and jid = any(${textArray(jids)})`);
}

/** True where the agent consents, by its subscription or by a registration whose lease runs. */
export async function hasConsent(db: Database, jid: string): Promise<boolean> {
  const result = await db.execute(sql`select ${consents(jid)} as consented`);
  return (result as unknown as { rows: { consented: boolean }[] }).rows[0]?.consented ?? false;
}

/** True where the address consents to anything, or ever had a token: it has to do with the directory. */
export function known(jid: string | SQL): SQL {
  return sql`(${consents(jid)} or exists (select from token where token.jid = ${jid}))`;
}

export async function isKnown(db: Database, jid: string): Promise<boolean> {
  const result = await db.execute(sql`select ${known(jid)} as known`);
  return rowsOf<{ known: boolean }>(result)[0]?.known ?? false;
}

/** An agent whose inbound subscription is in force. */
export type Subscriber = {
  jid: string;
  /** The roster has shown the subscription. */
  confirmed: boolean;
  /** How the agent answered the directory's own subscription; null while it has not. Kept for components only. */
  shows: boolean | null;
};

export async function subscribers(db: Database): Promise<Subscriber[]> {
  return db
    .select({ jid: consent.jid, confirmed: consent.confirmed, shows: consent.shows })
    .from(consent)
    .orderBy(consent.jid);
}

/** Notes which agents let the directory see their presence. */
export async function noteShown(db: Database, shown: { jid: string; shows: boolean }[]): Promise<void> {
  await db.execute(sql`
    update consent set shows = note.shows
    from jsonb_to_recordset(${JSON.stringify(shown)}::jsonb) as note(jid text, shows boolean)
    where consent.jid = note.jid and consent.shows is distinct from note.shows`);
}

/** Capabilities that a presence announces (XEP-0115, XEP-0390). */
export type AnnouncedCaps = { algorithm: string; ver: string };

/** What presence said of a resource; `back` came online after it had been seen to go. */
export type PresenceNote = {
  jid: string;
  resource: string;
  state: 'on' | 'off' | 'back';
  caps?: AnnouncedCaps[];
};

/**
 * Notes resources as online and offline, all in one statement; an empty resource that is off means all of the
 * agent's. Nothing is kept of agents that did not consent.
 */
export async function notePresence(db: Database, notes: PresenceNote[]): Promise<void> {
  if (notes.length === 0) return;
  await db.execute(sql`
    with note as (
      select * from jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as row(jid text, resource text, state text, caps jsonb)
    ), gone as (
      delete from presence using note
      where presence.jid = note.jid and note.state = 'off'
        and (presence.resource = note.resource or note.resource = '')
    ), come as (
      insert into presence (jid, resource, caps)
      select note.jid, note.resource, coalesce(note.caps, '[]') from note join consent on consent.jid = note.jid
      where note.state in ('on', 'back')
      order by note.jid, note.resource
      on conflict (jid, resource) do update set
        caps = excluded.caps,
        since = case when (excluded.jid, excluded.resource) in
          (select jid, resource from note where state = 'back') then now() else presence.since end
    )
    update agent set last_seen = now() where jid in (select jid from note)`);
}

export type OnlineResource = { resource: string; since: Date; caps: AnnouncedCaps[] };

/** The agent's resources that are online, the newest first: an older one may be a ghost. */
export async function onlineResources(db: Database, jid: string): Promise<OnlineResource[]> {
  return db
    .select({ resource: presence.resource, since: presence.since, caps: presence.caps })
    .from(presence)
    .where(eq(presence.jid, jid))
    .orderBy(desc(presence.since), presence.resource);
}

/** Forgets every presence but these: what a fresh session does not hear of is offline. */
export async function keepPresenceOf(
  db: Database,
  online: { jid: string; resource: string }[],
): Promise<void> {
  await db.execute(sql`
    delete from presence where not exists (
      select from jsonb_to_recordset(${JSON.stringify(online)}::jsonb) as row(jid text, resource text)
      where row.jid = presence.jid and row.resource = presence.resource)`);
}
