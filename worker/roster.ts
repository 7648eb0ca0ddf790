/** Consent and presence: who subscribes to the directory, and who of them is online (design: Consent). */

import { setTimeout as wait } from 'node:timers/promises';
import {
  type AnnouncedCaps,
  consentingAgents,
  grantConsent,
  keepPresenceOf,
  notePresence,
  type PresenceNote,
  withdrawConsent,
} from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { enqueue } from '../db/queue.ts';
import { removeConsentListings } from '../db/write-index.ts';
import { bareJid, type Jid, parseJid } from '../protocol/jid.ts';
import { type Presence, readPresence } from '../protocol/presence.ts';
import { type RosterItem, readRoster, rosterQuery } from '../protocol/roster.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { errorText, type Log } from './log.ts';
import type { Policy } from './policy.ts';
import type { Session } from './session.ts';

export const rosterLimits = {
  /** Presence is gathered this long and written at once: an agent that flaps costs one row. */
  gatherMs: 50,
  retryMs: 1_000,
  /** How long the first visit to a new subscriber waits for its presence. */
  presenceAwaitedMs: 2_000,
  rosterTimeoutMs: 30_000,
} as const;

export type RosterDeps = {
  db: Database;
  session: Session;
  policy: Policy;
  log: Log;
  presenceSettleMs: number;
  /** Tells the crawler that something is due. */
  wake: () => void;
};

export class Roster {
  #deps: RosterDeps;
  /** Notes not yet written, by full JID: the latest of each. */
  #notes = new Map<string, PresenceNote>();
  /** Who is online as far as this session heard. */
  #online = new Map<string, { jid: string; resource: string }>();
  #writing: Promise<void> | null = null;
  /** Subscription stanzas are acted upon one after the other, in the order in which they came. */
  #moves: Promise<void> = Promise.resolve();
  #generation = 0;

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  onPresence(stanza: Element): void {
    const presence = readPresence(stanza);
    if (!presence) return;
    switch (presence.type) {
      case 'available':
        this.#note(presence, 'on');
        break;
      case 'unavailable':
      case 'unsubscribed':
      case 'error':
        this.#note(presence, 'off');
        break;
      case 'subscribe':
        this.#move(presence.from, () => this.#grant(presence.from));
        break;
      case 'unsubscribe':
        this.#move(presence.from, () => this.#withdraw(bareJid(presence.from)));
        break;
      case 'subscribed':
      case 'probe':
        break;
    }
  }

  /**
   * Brings the database in line with the roster, which the server keeps also while we are away, then announces us.
   * Who is not heard of within the settling time is offline.
   */
  async onFreshSession(announce: Element): Promise<void> {
    const generation = ++this.#generation;
    const { session, db, log, presenceSettleMs } = this.#deps;
    this.#online.clear();
    const outcome = await session.ask(null, 'get', rosterQuery(), rosterLimits.rosterTimeoutMs);
    if (outcome.kind !== 'result' || !outcome.payload) {
      log('warn', 'roster-not-read', { outcome: outcome.kind });
      return;
    }
    const items = readRoster(outcome.payload);
    this.#moves = this.#moves.then(() => this.#reconcile(items)).catch((error) => this.#failed(error));
    await this.#moves;
    session.send(announce);
    await wait(presenceSettleMs);
    await this.#flush();
    if (generation !== this.#generation) return;
    await keepPresenceOf(db, [...this.#online.values()]).catch((error) => this.#failed(error));
  }

  /** Waits for what was taken in to be written. */
  async stop(): Promise<void> {
    this.#generation++;
    await this.#moves;
    await this.#flush();
  }

  #note({ from, caps }: Presence, state: 'on' | 'off'): void {
    const jid = bareJid(from);
    const key = `${jid}/${from.resource}`;
    const earlier = this.#notes.get(key)?.state;
    const note = {
      jid,
      resource: from.resource,
      state: state === 'on' && earlier === 'off' ? 'back' : state,
      caps: announced(caps),
    } as const;
    this.#notes.set(key, note);
    if (state === 'on') this.#online.set(key, note);
    else if (from.resource) this.#online.delete(key);
    else for (const [other, { jid: whose }] of this.#online) if (whose === jid) this.#online.delete(other);
    this.#writing ??= this.#writeSoon().finally(() => {
      this.#writing = null;
    });
  }

  async #writeSoon(): Promise<void> {
    while (this.#notes.size > 0) {
      await wait(rosterLimits.gatherMs);
      await this.#flush();
    }
  }

  /** Writes the gathered notes; where that fails they stay, older than any that came meanwhile. */
  async #flush(): Promise<void> {
    const { db, wake } = this.#deps;
    const notes = this.#notes;
    if (notes.size === 0) return;
    this.#notes = new Map();
    try {
      await notePresence(db, [...notes.values()]);
      const consenting = new Set(await consentingAgents(db));
      const came = [...notes.values()].filter(({ jid, state }) => state !== 'off' && consenting.has(jid));
      await enqueue(
        db,
        came.map(({ jid }) => ({ jid, domain: parseJid(jid).domain, depth: 0, dueMs: 0 })),
      );
      if (came.length > 0) wake();
    } catch (error) {
      this.#failed(error);
      this.#notes = new Map([...notes, ...this.#notes]);
      await wait(rosterLimits.retryMs);
    }
  }

  #move(from: Jid, act: () => Promise<void>): void {
    const { log } = this.#deps;
    this.#moves = this.#moves.then(act).catch((error: unknown) => {
      // Unanswered, the server repeats the request at the next session; nothing was promised.
      log('error', 'subscription-failed', { jid: bareJid(from), error: errorText(error) });
    });
  }

  /** Answered only once the consent is committed. */
  async #grant(from: Jid): Promise<void> {
    const { db, session, policy, log } = this.#deps;
    const jid = bareJid(from);
    if (policy.excludes(from.domain)) {
      session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
      return;
    }
    await grantConsent(db, jid);
    session.send(xml('presence', { to: jid, type: 'subscribed' }));
    session.send(xml('presence', { to: jid, type: 'subscribe' }));
    // Its presence, which follows at once where it is online, leads to a visit that sees more.
    await enqueue(db, [{ jid, domain: from.domain, depth: 0, dueMs: rosterLimits.presenceAwaitedMs }]);
    log('info', 'consent-granted', { jid });
  }

  async #withdraw(jid: string): Promise<void> {
    const { db, session, log } = this.#deps;
    await withdrawConsent(db, jid);
    const removed = await removeConsentListings(db, jid);
    session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
    session.send(xml('presence', { to: jid, type: 'unsubscribe' }));
    log('info', 'consent-withdrawn', { jid, removed });
  }

  async #reconcile(items: RosterItem[]): Promise<void> {
    const { db, session, policy } = this.#deps;
    const consenting = new Set(await consentingAgents(db));
    for (const item of items) {
      const grants = item.subscription === 'from' || item.subscription === 'both';
      if (!grants || policy.excludes(parseJid(item.jid).domain)) continue;
      if (!consenting.delete(item.jid)) await grantConsent(db, item.jid);
      if (item.subscription === 'from' && !item.asked)
        session.send(xml('presence', { to: item.jid, type: 'subscribe' }));
    }
    for (const jid of consenting) await this.#withdraw(jid);
  }

  #failed(error: unknown): void {
    this.#deps.log('error', 'presence-not-written', { error: errorText(error) });
  }
}

/** XEP-0115 names its hash functions as XEP-0300 does. */
function announced(caps: Presence['caps']): AnnouncedCaps[] {
  return caps ? [{ algorithm: `caps:${caps.hash}`, ver: caps.ver }] : [];
}
