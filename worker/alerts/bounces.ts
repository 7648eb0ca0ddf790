/** Messages that came back: counted where they say that their receiver is not to be had, so that nothing is sent in vain for ever. */

import { bareJid, tryJid } from '../../protocol/jid.ts';
import type { Condition } from '../../protocol/stanza-error.ts';
import { readStanzaError } from '../../protocol/stanza-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { errorText, type Log } from '../log.ts';
import { subscriptionOf } from './messages.ts';
import { isNewsId } from './news-message.ts';

export const bounceLimits = {
  gatherMs: 1_000,
  /** Of what comes back beyond, within that time, nothing is counted. */
  gatheredMax: 10_000,
} as const;

/** These may pass by themselves. */
const PASSING: ReadonlySet<Condition> = new Set([
  'internal-server-error',
  'recipient-unavailable',
  'remote-server-timeout',
  'resource-constraint',
  'undefined-condition',
  'unexpected-request',
]);

export type Bounced = { jid: string; subscription: string | null; count: number };

export type BouncesDeps = {
  /** Counts them, and ends what has too many. `subscription` is null for the news. */
  count: (bounced: Bounced[]) => Promise<void>;
  log: Log;
};

export class Bounces {
  #deps: BouncesDeps;
  #gathered = new Map<string, Bounced>();
  #timer: NodeJS.Timeout | undefined;
  #counting: Promise<void> = Promise.resolve();

  constructor(deps: BouncesDeps) {
    this.#deps = deps;
  }

  /** Takes a message of type error in; true where it is one that was sent here. */
  take(stanza: Element): boolean {
    const from = tryJid(stanza.attrs.from);
    const id = stanza.attrs.id ?? '';
    const subscription = subscriptionOf(id);
    if (!from || (subscription === null && !isNewsId(id))) return false;
    const { type, condition } = readStanzaError(stanza);
    if (type !== 'wait' && !PASSING.has(condition)) this.#gather(bareJid(from), subscription);
    return true;
  }

  /** Waits for what was gathered to be counted. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#count();
    await this.#counting;
  }

  #gather(jid: string, subscription: string | null): void {
    const key = `${jid} ${subscription ?? ''}`;
    const known = this.#gathered.get(key);
    if (known) known.count++;
    else if (this.#gathered.size < bounceLimits.gatheredMax) {
      this.#gathered.set(key, { jid, subscription, count: 1 });
    }
    this.#timer ??= setTimeout(() => this.#count(), bounceLimits.gatherMs);
  }

  #count(): void {
    this.#timer = undefined;
    const bounced = [...this.#gathered.values()];
    this.#gathered.clear();
    if (bounced.length === 0) return;
    this.#counting = this.#counting
      .then(() => this.#deps.count(bounced))
      .catch((error: unknown) => {
        this.#deps.log('error', 'bounces-not-counted', { error: errorText(error) });
      });
  }
}
