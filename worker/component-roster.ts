/**
 * The subscriptions of a component, which no server keeps for it: what an account's server does by RFC 6121 §3 and §4 is
 * done here. Both directions stand in the database; presence goes to each subscriber by itself.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { noteShown, type Subscriber, subscribers } from '../db/consent.ts';
import { bareJid, formatJid, parseJid } from '../protocol/jid.ts';
import { NS_PING } from '../protocol/namespaces.ts';
import type { Presence } from '../protocol/presence.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { errorText } from './log.ts';
import { presenceTo, Roster } from './roster.ts';
import { goodbye } from './session.ts';

export const componentRosterLimits = {
  /** Subscribers who are told of the directory's presence at once; the next are told when the server has taken that. */
  toldAtOnce: 200,
  takenTimeoutMs: 10_000,
  /** How long taking leave of all of them may take at the end. */
  leaveMs: 5_000,
  /** An agent that was asked for its presence is not asked again so soon. */
  askAgainMs: 10_000,
  /** Answers to our own requests are gathered this long, and written at once. */
  gatherMs: 50,
} as const;

export class ComponentRoster extends Roster {
  /** Answers to our own subscriptions that are not yet written. */
  #shown = new Map<string, boolean>();
  #isLoaded = false;
  /** When each was asked for its presence, of this session. */
  #askedAt = new Map<string, number>();
  #writing: Promise<void> | null = null;

  /** Nobody else knows of the directory's presence: each subscriber is told, and asked for its own. */
  protected async begin(announcement: Element, isCurrent: () => boolean): Promise<void> {
    const { presence, session } = this.deps;
    await this.#writing;
    const known = await this.inTurn(() => this.#load());
    this.#askedAt.clear();
    presence.clear();
    for (const [at, { jid, shows }] of known.entries()) {
      // Some withdrew meanwhile.
      if (!this.isSubscriber(jid)) continue;
      if (!isCurrent() || !session.send(presenceTo(jid, announcement))) throw new Error('the session ended');
      if (shows) session.send(xml('presence', { to: jid, type: 'probe' }));
      // Committed, and perhaps cut off before the answer or the request went out.
      else if (shows === null) this.accept(jid);
      if (isPauseAt(at) && !(await this.#isTaken())) throw new Error('the session ended');
    }
  }

  async #load(): Promise<Subscriber[]> {
    const { db, policy } = this.deps;
    const known = await subscribers(db);
    this.subscribers = new Set(known.map(({ jid }) => jid));
    this.#isLoaded = true;
    for (const { jid } of known) if (policy.excludes(parseJid(jid).domain)) await this.withdraw(jid);
    return known;
  }

  /** Waits until the server has taken what was sent: faster, a question would wait behind all of it for its answer. */
  async #isTaken(): Promise<boolean> {
    const { takenTimeoutMs } = componentRosterLimits;
    const { kind } = await this.deps.session.ask(
      null,
      'get',
      xml('ping', { xmlns: NS_PING }),
      takenTimeoutMs,
    );
    return kind === 'result' || kind === 'error';
  }

  protected hear({ type, from }: Presence): void {
    const jid = bareJid(from);
    // Before the subscriptions are known everybody would be a stranger; whoever is none is told then in any case.
    if (type === 'probe' && this.#isLoaded) this.#answerProbe(jid, formatJid(from));
    if (!this.isSubscriber(jid)) return;
    if (type === 'subscribed' || type === 'unsubscribed') this.#note(jid, type === 'subscribed');
    // As an account does, since ejabberd takes the caps for PEP only from presence that comes after that.
    if (type === 'subscribed') this.greet(jid);
  }

  protected override accept(jid: string): void {
    super.accept(jid);
    this.greet(jid);
  }

  /** Another component may answer each request with its own, without end; to an account its server sends it once. */
  protected override askBack(jid: string): void {
    const sinceMs = performance.now() - (this.#askedAt.get(jid) ?? Number.NEGATIVE_INFINITY);
    if (sinceMs < componentRosterLimits.askAgainMs) return;
    this.#askedAt.set(jid, performance.now());
    super.askBack(jid);
  }

  /** Nothing is said to those who never subscribed: two components would take leave of each other forever. */
  protected override async withdraw(jid: string): Promise<void> {
    if (this.#isLoaded && !this.isSubscriber(jid)) return;
    await super.withdraw(jid);
    this.#askedAt.delete(jid);
    this.deps.session.send(goodbye(jid));
  }

  /** Takes leave of each subscriber; of those for whom there is no time, as if it were killed. */
  override async stop(): Promise<void> {
    await super.stop();
    await this.#writing;
    const untilMs = performance.now() + componentRosterLimits.leaveMs;
    for (const [at, jid] of [...this.subscribers].entries()) {
      if (performance.now() > untilMs || !this.deps.session.send(goodbye(jid))) return;
      if (isPauseAt(at) && !(await this.#isTaken())) return;
    }
  }

  /** RFC 6121 §4.3.2: to whom has no subscription, a probe is answered with that. */
  #answerProbe(jid: string, prober: string): void {
    if (!this.isSubscriber(jid)) this.deps.session.send(xml('presence', { to: jid, type: 'unsubscribed' }));
    else if (this.announcement) this.deps.session.send(presenceTo(prober, this.announcement));
  }

  #note(jid: string, shows: boolean): void {
    this.#shown.set(jid, shows);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** What cannot be written is asked for again at the next session. */
  async #write(): Promise<void> {
    while (this.#shown.size > 0) {
      await wait(componentRosterLimits.gatherMs);
      const shown = [...this.#shown].map(([jid, shows]) => ({ jid, shows }));
      this.#shown.clear();
      await noteShown(this.deps.db, shown).catch((error: unknown) =>
        this.deps.log('error', 'subscription-not-written', { error: errorText(error) }),
      );
    }
  }
}

/** True after the last of as many as are told at once. */
function isPauseAt(at: number): boolean {
  return (at + 1) % componentRosterLimits.toldAtOnce === 0;
}
