/**
 * Protection against talking with machines without end: whoever is answered too often within a while is told so once,
 * and then not answered until a pause is over. A bot that answers every message dies out in that silence.
 */

import { createHash } from 'node:crypto';
import { Recent } from '../recent.ts';

export const patienceLimits = {
  /** Replies to one bare JID within the window. */
  repliesMax: 30,
  windowMs: 600_000,
  /** How long it is not answered after that. */
  pauseMs: 600_000,
  /** The same words again within this time count as several: only machines go on like that. */
  repeatMs: 10_000,
  repeatCost: 3,
  /** Of how many it is known how often they were answered. */
  keysMax: 10_000,
} as const;

type Spent = { sinceMs: number; replies: number; silentUntilMs: number; last: string; lastMs: number };

export class Patience {
  #spent: Recent<Spent>;
  #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    const { keysMax, windowMs, pauseMs } = patienceLimits;
    this.#spent = new Recent(keysMax, Math.max(windowMs, pauseMs), now);
  }

  get size(): number {
    return this.#spent.size;
  }

  isSilent(key: string): boolean {
    return (this.#spent.get(key)?.silentUntilMs ?? 0) > this.#now();
  }

  /** Whether a message is answered, is the last one that is, or is not. */
  take(jid: string, body: string): 'answer' | 'stop' | 'ignore' {
    const now = this.#now();
    if (this.isSilent(jid)) return 'ignore';
    const { repliesMax, windowMs, pauseMs, repeatMs, repeatCost } = patienceLimits;
    const known = this.#spent.get(jid);
    const isOver = !known || known.replies > repliesMax || now - known.sinceMs > windowMs;
    const spent = isOver ? { ...nothing, sinceMs: now } : known;
    const last = createHash('sha256').update(body).digest('base64');
    const isRepeated = spent.last === last && now - spent.lastMs <= repeatMs;
    const replies = spent.replies + (isRepeated ? repeatCost : 1);
    const isLast = replies > repliesMax;
    const silentUntilMs = isLast ? now + pauseMs : 0;
    this.#spent.set(jid, { sinceMs: spent.sinceMs, replies, silentUntilMs, last, lastMs: now });
    return isLast ? 'stop' : 'answer';
  }

  /** Keeps silent towards the key for a while; false where that was so already. */
  hush(key: string, forMs: number): boolean {
    if (this.isSilent(key)) return false;
    const known = this.#spent.get(key) ?? { ...nothing, sinceMs: this.#now() };
    this.#spent.set(key, { ...known, silentUntilMs: this.#now() + forMs });
    return true;
  }
}

const nothing: Spent = { sinceMs: 0, replies: 0, silentUntilMs: 0, last: '', lastMs: 0 };
