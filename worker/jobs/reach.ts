/**
 * Whether an agent is there to be called. A server that bounces a stanza says the same of one that it never delivered as of
 * one that it had handed to a connection which then broke (XEP-0198 §5): after a command has gone out, such an answer says
 * nothing of what was done. So an agent that was not heard from lately is asked something harmless first.
 */

import { infoQuery } from '../../protocol/disco.ts';
import type { Condition } from '../../protocol/stanza-error.ts';
import { Recent } from '../recent.ts';
import type { Session } from '../session.ts';

export const reachLimits = {
  /** An agent that answered something within this time is taken to be there. */
  heardMs: 60_000,
  agentsMax: 10_000,
  /** One that does not answer in this time may be there all the same. */
  answerMs: 5_000,
} as const;

/** Errors of the way there (RFC 6120 §8.3.3), by which it is certain that the stanza never arrived. */
const NEVER_ARRIVED: ReadonlySet<Condition> = new Set(['remote-server-not-found', 'gone', 'jid-malformed']);

/** Those that servers answer with for what did not arrive, and for what they do not know to have arrived. */
const MAY_HAVE_ARRIVED: ReadonlySet<Condition> = new Set([
  'recipient-unavailable',
  'service-unavailable',
  'remote-server-timeout',
]);

export function neverArrived(condition: Condition): boolean {
  return NEVER_ARRIVED.has(condition);
}

export function mayHaveArrived(condition: Condition): boolean {
  return MAY_HAVE_ARRIVED.has(condition);
}

export class Reach {
  #session: Pick<Session, 'ask'>;
  #heard = new Recent<true>(reachLimits.agentsMax, reachLimits.heardMs, Date.now);
  #asking = new Map<string, Promise<Condition | null>>();

  constructor(session: Pick<Session, 'ask'>) {
    this.#session = session;
  }

  /** The agent answered something. */
  heard(jid: string): void {
    this.#heard.set(jid, true);
  }

  lost(jid: string): void {
    this.#heard.delete(jid);
  }

  /** By which error it is known that nobody is there; null where somebody is, or may be. */
  async absence(jid: string): Promise<Condition | null> {
    if (this.#heard.get(jid)) return null;
    const asking = this.#asking.get(jid) ?? this.#ask(jid).finally(() => this.#asking.delete(jid));
    this.#asking.set(jid, asking);
    return asking;
  }

  /** Whatever offers commands describes itself (XEP-0050 §2), and no server describes a resource in its place. */
  async #ask(jid: string): Promise<Condition | null> {
    const outcome = await this.#session.ask(jid, 'get', infoQuery(), reachLimits.answerMs);
    if (outcome.kind === 'timeout' || outcome.kind === 'offline') return null;
    if (outcome.kind === 'error') {
      const { condition } = outcome.error;
      if (neverArrived(condition) || mayHaveArrived(condition)) return condition;
    }
    this.heard(jid);
    return null;
  }
}
