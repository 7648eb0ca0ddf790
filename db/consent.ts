/** Consent and presence of agents. */

import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { consent, presence } from './schema.ts';

export async function grantConsent(db: Database, jid: string): Promise<void> {
  await db.insert(consent).values({ jid }).onConflictDoNothing();
}

/** Withdraws consent; the agent's presence goes with it. */
export async function withdrawConsent(db: Database, jid: string): Promise<void> {
  await db.delete(consent).where(eq(consent.jid, jid));
}

/** True where the agent's inbound subscription is in force. */
export async function hasConsent(db: Database, jid: string): Promise<boolean> {
  const rows = await db.select({ jid: consent.jid }).from(consent).where(eq(consent.jid, jid));
  return rows.length > 0;
}

export async function consentingAgents(db: Database): Promise<string[]> {
  const rows = await db.select({ jid: consent.jid }).from(consent);
  return rows.map((row) => row.jid);
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

/** The agent's resources that are online, longest first. */
export async function onlineResources(db: Database, jid: string): Promise<OnlineResource[]> {
  return db
    .select({ resource: presence.resource, since: presence.since, caps: presence.caps })
    .from(presence)
    .where(eq(presence.jid, jid))
    .orderBy(presence.since, presence.resource);
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
