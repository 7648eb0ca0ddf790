/**
 * The subscriptions of a component, which no server keeps for it: what an account's server does by RFC 6121 §3 and §4 is
 * done here. Both directions stand in the database; presence goes to each subscriber by itself.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { noteShown, type Subscriber, subscribers } from '../db/consent.ts';
import { bareJid, formatJid, parseJid } from '../protocol/jid.ts';
import type { Presence } from '../protocol/presence.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { errorText } from './log.ts';
import { presenceTo, Roster } from './roster.ts';
import { goodbye } from './session.ts';

export const componentRosterLimits = {
  /** Subscribers who are told of the directory's presence at once, and the pause before the next are. */
  announcedAtOnce: 200,
  announcePauseMs: 20,
  /** Answers to our own requests are gathered this long, and written at once. */
  gatherMs: 50,
} as const;

export class ComponentRoster extends Roster {
  /** Answers to our own subscriptions that are not yet written. */
  #shown = new Map<string, boolean>();
  #isLoaded = false;
  #writing: Promise<void> | null = null;

  /** Nobody else knows of the directory's presence: each subscriber is told, and asked for its own. */
  protected async begin(announcement: Element, isCurrent: () => boolean): Promise<void> {
    const { db, policy, presence, session } = this.deps;
    await this.#writing;
    const known = await subscribers(db);
    const isExcluded = ({ jid }: Subscriber) => policy.excludes(parseJid(jid).domain);
    this.subscribers = new Set(known.map(({ jid }) => jid));
    this.#isLoaded = true;
    for (const { jid } of known.filter(isExcluded)) await this.withdraw(jid);
    const kept = known.filter((one) => !isExcluded(one));
    presence.clear();
    for (const [at, { jid, shows }] of kept.entries()) {
      if (!isCurrent() || !session.send(presenceTo(jid, announcement))) throw new Error('the session ended');
      if (shows) session.send(xml('presence', { to: jid, type: 'probe' }));
      // Committed, and perhaps cut off before the answer or the request went out.
      else if (shows === null) this.accept(jid);
      const { announcedAtOnce, announcePauseMs } = componentRosterLimits;
      if (at % announcedAtOnce === announcedAtOnce - 1) await wait(announcePauseMs);
    }
  }

  protected hear({ type, from }: Presence): void {
    const jid = bareJid(from);
    if (type === 'probe') this.#answerProbe(jid, formatJid(from));
    if (!this.isSubscriber(jid)) return;
    if (type === 'subscribed' || type === 'unsubscribed') this.#note(jid, type === 'subscribed');
    // As an account does, since ejabberd takes the caps for PEP only from presence that comes after that.
    if (type === 'subscribed') this.greet(jid);
  }

  protected override accept(jid: string): void {
    super.accept(jid);
    this.greet(jid);
  }

  /** Nothing is said to those who never subscribed: two components would take leave of each other forever. */
  protected override async withdraw(jid: string): Promise<void> {
    if (this.#isLoaded && !this.isSubscriber(jid)) return;
    await super.withdraw(jid);
    this.deps.session.send(goodbye(jid));
  }

  /** Takes leave of each subscriber. */
  override async stop(): Promise<void> {
    await super.stop();
    await this.#writing;
    for (const jid of this.subscribers) this.deps.session.send(goodbye(jid));
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
