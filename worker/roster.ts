/** Consent: who subscribes to the directory. Who keeps the subscriptions differs (account-roster, component-roster). */

import { setTimeout as wait } from 'node:timers/promises';
import { grantConsent } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { withdrawSubscription } from '../db/removals.ts';
import type { Policy } from '../market/policy.ts';
import { bareJid, type Jid, parseJid } from '../protocol/jid.ts';
import { type Presence, type PresenceType, readPresence } from '../protocol/presence.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { backoffMs } from './backoff.ts';
import { errorText, type Log } from './log.ts';
import type { PresenceBook } from './presence-book.ts';
import type { Session } from './session.ts';
import type { Wanted } from './wanted.ts';

export const rosterLimits = {
  /** How long the first visit to a new subscriber waits for its presence. */
  presenceAwaitedMs: 2_000,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000,
  /** Requests that wait to be acted upon; those beyond are dropped, but for the withdrawals of subscribers. */
  movesMax: 10_000,
  /** Tries in a row that fail; what waits then waits for the next request or session. */
  triesMax: 3,
} as const;

export type RosterDeps = {
  db: Database;
  session: Pick<Session, 'send' | 'ask'>;
  policy: Policy;
  log: Log;
  wanted: Wanted;
  presence: PresenceBook;
  presenceSettleMs: number;
};

type Move = { from: Jid; type: 'subscribe' | 'unsubscribe' };

export abstract class Roster {
  protected readonly deps: RosterDeps;
  /** Whose subscription is in force. */
  protected subscribers = new Set<string>();
  /** The presence that announces the directory, of this session. */
  protected announcement: Element | null = null;
  /** Requests that wait, the latest of each agent; acted upon one after the other. */
  #moves = new Map<string, Move>();
  #moving: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #generation = 0;
  #announced = false;

  constructor(deps: RosterDeps) {
    this.deps = deps;
  }

  /** True once the session has announced the directory. */
  get announced(): boolean {
    return this.#announced;
  }

  isSubscriber(jid: string): boolean {
    return this.subscribers.has(jid);
  }

  /** Brings the database in line with the subscriptions, then announces. @throws where it is to be tried again */
  protected abstract begin(announcement: Element, isCurrent: () => boolean): Promise<void>;

  /** A presence about subscriptions and probes, other than a request. */
  protected abstract hear(presence: Presence): void;

  onPresence(stanza: Element): void {
    const presence = readPresence(stanza);
    if (!presence) return;
    const { type, from } = presence;
    if (type === 'subscribe' || type === 'unsubscribe') this.#move(from, type);
    else {
      this.hear(presence);
      // Whose presence is nobody's business is not even remembered.
      if (!this.subscribers.has(bareJid(from))) return;
      if (type === 'available') this.deps.presence.note(presence, 'on');
      else if (GONE.has(type)) this.deps.presence.note(presence, 'off');
    }
  }

  /** A push of one's own account's roster. */
  onPush(_query: Element): void {}

  /**
   * Begins, again and again until it is done or another session stands. Who is not heard of within the settling time is
   * offline.
   */
  async onFreshSession(announce: Element): Promise<void> {
    const generation = ++this.#generation;
    this.#announced = false;
    this.announcement = announce;
    for (let failures = 1; generation === this.#generation; failures++) {
      try {
        this.#startMoving();
        await this.begin(announce, () => generation === this.#generation);
        this.#announced = generation === this.#generation;
        break;
      } catch (error) {
        if (generation !== this.#generation) return;
        this.deps.log('error', 'session-not-begun', { error: errorText(error) });
        await wait(backoffMs(failures, rosterLimits.retryBaseMs, rosterLimits.retryMaxMs));
      }
    }
    await wait(this.deps.presenceSettleMs);
    if (generation !== this.#generation) return;
    await this.deps.presence
      .settle()
      .catch((error: unknown) => this.deps.log('error', 'presence-not-settled', { error: errorText(error) }));
  }

  /** Waits for what was taken in to be acted upon. */
  async stop(): Promise<void> {
    this.#generation++;
    this.#stopped = true;
    await this.#moving;
    await this.deps.presence.stop();
  }

  /** Runs what must see the subscriptions stand still: no request is acted upon meanwhile. */
  protected inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #move(from: Jid, type: 'subscribe' | 'unsubscribe'): void {
    const jid = bareJid(from);
    // Nobody repeats a withdrawal to a component, and there are no more of them than subscribers.
    const mustBeTaken = type === 'unsubscribe' && this.isSubscriber(jid);
    const isFull = this.#stopped || this.#moves.size >= rosterLimits.movesMax;
    if (isFull && !mustBeTaken && !this.#moves.has(jid)) return;
    // Taken out first, so that the latest word is also the last in line.
    this.#moves.delete(jid);
    this.#moves.set(jid, { from, type });
    this.#startMoving();
  }

  #startMoving(): void {
    this.#moving ??= this.#actOnMoves().finally(() => {
      this.#moving = null;
    });
  }

  async #actOnMoves(): Promise<void> {
    let failures = 0;
    for (const [jid, move] of this.#moves) {
      this.#moves.delete(jid);
      try {
        await this.inTurn(() => (move.type === 'subscribe' ? this.#grant(move.from) : this.withdraw(jid)));
        failures = 0;
      } catch (error) {
        this.deps.log('error', 'subscription-failed', { jid, error: errorText(error) });
        // Behind the others, and not in place of a later word of the same agent.
        if (!this.#moves.has(jid)) this.#moves.set(jid, move);
        if (++failures >= rosterLimits.triesMax) return;
        await wait(backoffMs(failures, rosterLimits.retryBaseMs, rosterLimits.retryMaxMs));
      }
    }
  }

  /** Answered only once the consent is committed. */
  async #grant(from: Jid): Promise<void> {
    const { db, session, policy, log, wanted } = this.deps;
    const jid = bareJid(from);
    if (policy.excludes(from.domain)) {
      session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
      return;
    }
    await grantConsent(db, jid);
    this.subscribers.add(jid);
    this.accept(jid);
    // Its presence, which follows at once where it is online, leads to a visit that sees more.
    wanted.add(jid, from.domain, rosterLimits.presenceAwaitedMs);
    log('info', 'consent-granted', { jid });
  }

  protected accept(jid: string): void {
    this.deps.session.send(xml('presence', { to: jid, type: 'subscribed' }));
    this.askBack(jid);
  }

  /** Asks the agent for its own presence. */
  protected askBack(jid: string): void {
    this.deps.session.send(xml('presence', { to: jid, type: 'subscribe' }));
  }

  /** Announces the directory to one agent. */
  protected greet(jid: string): void {
    const { announcement } = this;
    if (announcement) this.deps.session.send(presenceTo(jid, announcement));
  }

  protected async withdraw(jid: string): Promise<void> {
    const { db, session, log, wanted } = this.deps;
    const removed = await withdrawSubscription(db, jid);
    this.subscribers.delete(jid);
    session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
    session.send(xml('presence', { to: jid, type: 'unsubscribe' }));
    // What it states to everybody is described anew, without what its consent had shown.
    wanted.add(jid, parseJid(jid).domain);
    log('info', 'consent-withdrawn', { jid, removed });
  }
}

const GONE: ReadonlySet<PresenceType> = new Set(['unavailable', 'unsubscribed', 'error']);

/** The same presence, sent to one entity alone. */
export function presenceTo(jid: string, presence: Element): Element {
  return xml('presence', { ...presence.attrs, to: jid }, ...presence.getChildElements());
}
