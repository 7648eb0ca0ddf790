/** Consent: who subscribes to the directory. The server keeps the roster, also while the directory is away. */

import { setTimeout as wait } from 'node:timers/promises';
import { confirmConsent, grantConsent, subscribers } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { withdrawSubscription } from '../db/removals.ts';
import type { Policy } from '../market/policy.ts';
import { bareJid, type Jid, parseJid } from '../protocol/jid.ts';
import { type PresenceType, readPresence } from '../protocol/presence.ts';
import { type RosterItem, readRoster, rosterQuery } from '../protocol/roster.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { backoffMs } from './backoff.ts';
import { errorText, type Log } from './log.ts';
import type { PresenceBook } from './presence-book.ts';
import type { Session } from './session.ts';
import type { Wanted } from './wanted.ts';

export const rosterLimits = {
  /** How long the first visit to a new subscriber waits for its presence. */
  presenceAwaitedMs: 2_000,
  rosterTimeoutMs: 30_000,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000,
  /** Requests that wait to be acted upon; the server repeats those beyond at the next session. */
  movesMax: 10_000,
} as const;

export type RosterDeps = {
  db: Database;
  session: Session;
  policy: Policy;
  log: Log;
  wanted: Wanted;
  presence: PresenceBook;
  presenceSettleMs: number;
};

export class Roster {
  #deps: RosterDeps;
  /** Whose subscription is in force. */
  #subscribers = new Set<string>();
  /** Requests that wait, the latest of each agent; acted upon one after the other. */
  #moves = new Map<string, { from: Jid; type: 'subscribe' | 'unsubscribe' }>();
  #moving: Promise<void> | null = null;
  #generation = 0;
  #announced = false;
  #announce: Element | null = null;

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  /** True once the session has announced the directory. */
  get announced(): boolean {
    return this.#announced;
  }

  isSubscriber(jid: string): boolean {
    return this.#subscribers.has(jid);
  }

  onPresence(stanza: Element): void {
    const presence = readPresence(stanza);
    if (!presence) return;
    const { type, from } = presence;
    if (type === 'subscribe' || type === 'unsubscribe') this.#move(from, type);
    // Whose presence is nobody's business is not even remembered.
    else if (this.#subscribers.has(bareJid(from))) {
      if (type === 'subscribed') this.#greet(bareJid(from));
      else if (type === 'available') this.#deps.presence.note(presence, 'on');
      else if (GONE.has(type)) this.#deps.presence.note(presence, 'off');
    }
  }

  /** The server's word that a subscription changed (RFC 6121 §2.1.6): only of what it has shown can it be said to end. */
  onPush(query: Element): void {
    const granted = readRoster(query).filter(grants);
    if (granted.length === 0) return;
    confirmConsent(
      this.#deps.db,
      granted.map(({ jid }) => jid),
    ).catch((error: unknown) => this.#deps.log('error', 'roster-push-failed', { error: errorText(error) }));
  }

  /**
   * Brings the database in line with the roster, then announces the directory; tried until it is done or another
   * session stands. Who is not heard of within the settling time is offline.
   */
  async onFreshSession(announce: Element): Promise<void> {
    const generation = ++this.#generation;
    this.#announced = false;
    this.#announce = announce;
    for (let failures = 1; generation === this.#generation; failures++) {
      try {
        await this.#begin(announce);
        break;
      } catch (error) {
        this.#deps.log('error', 'session-not-begun', { error: errorText(error) });
        await wait(backoffMs(failures, rosterLimits.retryBaseMs, rosterLimits.retryMaxMs));
      }
    }
    await wait(this.#deps.presenceSettleMs);
    if (generation !== this.#generation) return;
    await this.#deps.presence
      .settle()
      .catch((error: unknown) =>
        this.#deps.log('error', 'presence-not-settled', { error: errorText(error) }),
      );
  }

  /** Waits for what was taken in to be acted upon. */
  async stop(): Promise<void> {
    this.#generation++;
    await this.#moving;
    await this.#deps.presence.stop();
  }

  async #begin(announce: Element): Promise<void> {
    const { session, presence } = this.#deps;
    const outcome = await session.ask(null, 'get', rosterQuery(), rosterLimits.rosterTimeoutMs);
    if (outcome.kind !== 'result' || !outcome.payload)
      throw new Error(`the roster is not answered: ${outcome.kind}`);
    const items = readRoster(outcome.payload);
    await this.#moving;
    await this.#reconcile(items);
    presence.clear();
    if (!session.send(announce)) throw new Error('the session ended');
    this.#announced = true;
  }

  #move(from: Jid, type: 'subscribe' | 'unsubscribe'): void {
    const jid = bareJid(from);
    if (this.#moves.size >= rosterLimits.movesMax && !this.#moves.has(jid)) return;
    // Taken out first, so that the latest word is also the last in line.
    this.#moves.delete(jid);
    this.#moves.set(jid, { from, type });
    this.#moving ??= this.#actOnMoves().finally(() => {
      this.#moving = null;
    });
  }

  async #actOnMoves(): Promise<void> {
    for (const [jid, { from, type }] of this.#moves) {
      this.#moves.delete(jid);
      try {
        if (type === 'subscribe') await this.#grant(from);
        else await this.#withdraw(jid);
      } catch (error) {
        // Unanswered, the server repeats a request at the next session; a withdrawal shows in the roster then.
        this.#deps.log('error', 'subscription-failed', { jid, error: errorText(error) });
      }
    }
  }

  /** Answered only once the consent is committed. */
  async #grant(from: Jid): Promise<void> {
    const { db, session, policy, log, wanted } = this.#deps;
    const jid = bareJid(from);
    if (policy.excludes(from.domain)) {
      session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
      return;
    }
    await grantConsent(db, jid);
    this.#subscribers.add(jid);
    this.#accept(jid);
    // Its presence, which follows at once where it is online, leads to a visit that sees more.
    wanted.add(jid, from.domain, rosterLimits.presenceAwaitedMs);
    log('info', 'consent-granted', { jid });
  }

  #accept(jid: string): void {
    this.#deps.session.send(xml('presence', { to: jid, type: 'subscribed' }));
    this.#deps.session.send(xml('presence', { to: jid, type: 'subscribe' }));
  }

  /**
   * Announces the directory again to an agent that now shows it its presence: ejabberd takes the caps, without which it
   * sends no PEP notifications, only from presence that comes after that.
   */
  #greet(jid: string): void {
    const { session } = this.#deps;
    if (this.#announce) session.send(xml('presence', { to: jid }, ...this.#announce.getChildElements()));
  }

  async #withdraw(jid: string): Promise<void> {
    const { db, session, log, wanted } = this.#deps;
    this.#subscribers.delete(jid);
    const removed = await withdrawSubscription(db, jid);
    session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
    session.send(xml('presence', { to: jid, type: 'unsubscribe' }));
    // What it states to everybody is described anew, without what its consent had shown.
    wanted.add(jid, parseJid(jid).domain);
    log('info', 'consent-withdrawn', { jid, removed });
  }

  async #reconcile(items: RosterItem[]): Promise<void> {
    const { db, session, policy } = this.#deps;
    const known = new Map((await subscribers(db)).map(({ jid, confirmed }) => [jid, confirmed]));
    const granted = items.filter((item) => grants(item) && !policy.excludes(parseJid(item.jid).domain));
    for (const { jid, subscription, asked } of granted) {
      if (!known.delete(jid)) await grantConsent(db, jid);
      if (subscription === 'from' && !asked) session.send(xml('presence', { to: jid, type: 'subscribe' }));
    }
    await confirmConsent(
      db,
      granted.map(({ jid }) => jid),
    );
    this.#subscribers = new Set(granted.map(({ jid }) => jid));
    for (const [jid, confirmed] of known) {
      if (confirmed) await this.#withdraw(jid);
      else {
        // Committed, and cut off before the answer went out.
        this.#subscribers.add(jid);
        this.#accept(jid);
      }
    }
  }
}

const GONE: ReadonlySet<PresenceType> = new Set(['unavailable', 'unsubscribed', 'error']);

function grants({ subscription }: RosterItem): boolean {
  return subscription === 'from' || subscription === 'both';
}
