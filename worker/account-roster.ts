/** The roster of an account: its server keeps the subscriptions, also while the directory is away. */

import { confirmConsent, grantConsent, subscribers } from '../db/consent.ts';
import { bareJid, parseJid } from '../protocol/jid.ts';
import type { Presence } from '../protocol/presence.ts';
import { type RosterItem, readRoster, rosterQuery } from '../protocol/roster.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { errorText } from './log.ts';
import { Roster } from './roster.ts';

const rosterTimeoutMs = 30_000;

export class AccountRoster extends Roster {
  /** The server's word that a subscription changed (RFC 6121 §2.1.6): only of what it has shown can it be said to end. */
  override onPush(query: Element): void {
    const granted = readRoster(query).filter(grants);
    if (granted.length === 0) return;
    confirmConsent(
      this.deps.db,
      granted.map(({ jid }) => jid),
    ).catch((error: unknown) => this.deps.log('error', 'roster-push-failed', { error: errorText(error) }));
  }

  protected async begin(announcement: Element): Promise<void> {
    const { session, presence } = this.deps;
    await this.inTurn(async () => {
      const outcome = await session.ask(null, 'get', rosterQuery(), rosterTimeoutMs);
      if (outcome.kind !== 'result' || !outcome.payload)
        throw new Error(`the roster is not answered: ${outcome.kind}`);
      await this.#reconcile(readRoster(outcome.payload));
    });
    presence.clear();
    if (!session.send(announcement)) throw new Error('the session ended');
  }

  /**
   * Announces the directory again to an agent that now shows it its presence: ejabberd takes the caps, without which it
   * sends no PEP notifications, only from presence that comes after that.
   */
  protected hear({ type, from }: Presence): void {
    if (type === 'subscribed' && this.isSubscriber(bareJid(from))) this.greet(bareJid(from));
  }

  async #reconcile(items: RosterItem[]): Promise<void> {
    const { db, session, policy } = this.deps;
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
    this.subscribers = new Set(granted.map(({ jid }) => jid));
    for (const [jid, confirmed] of known) {
      if (confirmed) await this.withdraw(jid);
      else {
        // Committed, and cut off before the answer went out.
        this.subscribers.add(jid);
        this.accept(jid);
      }
    }
  }
}

function grants({ subscription }: RosterItem): boolean {
  return subscription === 'from' || subscription === 'both';
}
