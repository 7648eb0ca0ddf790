/**
 * Who is called when: at most so many calls at once to one agent and to one domain, the others wait. Of those that could
 * go next it is the turn of the client that has the fewest under way, so that nobody's many calls hold up another's one.
 */

import { tryJid } from '../../protocol/jid.ts';
import { backoffMs } from '../backoff.ts';

export const lineLimits = {
  /** Calls whose answers are waited for at the same time, of one agent and of all agents of one domain. */
  callsPerAgentMax: 32,
  callsPerDomainMax: 256,
  /** The wait before what could not be done is tried again. */
  retryBaseMs: 500,
  retryMaxMs: 10_000,
} as const;

/** One call that has to be carried on. */
export type Waiting = { id: string; agent: string; client: string };

export type LineOptions = {
  /** Carries the call on. @throws where that has to be tried again */
  carryOn: (id: string) => Promise<void>;
  onError: (id: string, error: unknown) => void;
  perAgentMax?: number;
  perDomainMax?: number;
};

export class Line {
  #options: LineOptions;
  #perAgentMax: number;
  #perDomainMax: number;
  /** By id, in the order in which they came. */
  #waiting = new Map<string, Waiting>();
  /** By id; what comes again while it runs is carried on once more. */
  #running = new Map<string, { done: Promise<void>; isAgain: boolean }>();
  #counts = new Map<string, number>();
  #failures = new Map<string, number>();
  #retries = new Map<string, NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#perAgentMax = options.perAgentMax ?? lineLimits.callsPerAgentMax;
    this.#perDomainMax = options.perDomainMax ?? lineLimits.callsPerDomainMax;
  }

  /** Carries the call on as soon as there is room. */
  add(one: Waiting): void {
    if (this.#isStopped) return;
    this.#endRetry(one.id);
    const running = this.#running.get(one.id);
    if (running) {
      running.isAgain = true;
      return;
    }
    if (!this.#waiting.has(one.id)) this.#waiting.set(one.id, one);
    this.#startNext();
  }

  /** Begins nothing more, and settles when what was begun has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    for (const id of this.#retries.keys()) this.#endRetry(id);
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #startNext(): void {
    for (let next = this.#next(); next; next = this.#next()) this.#start(next);
  }

  #next(): Waiting | null {
    let best: { one: Waiting; running: number } | null = null;
    for (const one of this.#waiting.values()) {
      if (!this.#hasRoom(one)) continue;
      const running = this.#counts.get(clientKey(one)) ?? 0;
      if (!best || running < best.running) best = { one, running };
      if (best.running === 0) break;
    }
    return best?.one ?? null;
  }

  #hasRoom(one: Waiting): boolean {
    const running = (key: string) => this.#counts.get(key) ?? 0;
    return running(agentKey(one)) < this.#perAgentMax && running(domainKey(one)) < this.#perDomainMax;
  }

  #start(one: Waiting): void {
    this.#waiting.delete(one.id);
    this.#count(one, 1);
    this.#running.set(one.id, { done: this.#run(one), isAgain: false });
  }

  async #run(one: Waiting): Promise<void> {
    const isDone = await this.#options.carryOn(one.id).then(
      () => true,
      (error: unknown) => {
        this.#options.onError(one.id, error);
        return false;
      },
    );
    const isAgain = this.#running.get(one.id)?.isAgain ?? false;
    this.#running.delete(one.id);
    this.#count(one, -1);
    if (isDone) this.#failures.delete(one.id);
    if (isAgain) this.add(one);
    else if (!isDone) this.#retryLater(one);
    if (!this.#isStopped) this.#startNext();
  }

  #retryLater(one: Waiting): void {
    if (this.#isStopped) return;
    const failures = (this.#failures.get(one.id) ?? 0) + 1;
    this.#failures.set(one.id, failures);
    const pauseMs = backoffMs(failures, lineLimits.retryBaseMs, lineLimits.retryMaxMs);
    this.#retries.set(
      one.id,
      setTimeout(() => this.add(one), pauseMs),
    );
  }

  #endRetry(id: string): void {
    clearTimeout(this.#retries.get(id));
    this.#retries.delete(id);
  }

  #count(one: Waiting, change: 1 | -1): void {
    for (const key of [agentKey(one), domainKey(one), clientKey(one)]) {
      const count = (this.#counts.get(key) ?? 0) + change;
      if (count > 0) this.#counts.set(key, count);
      else this.#counts.delete(key);
    }
  }
}

const agentKey = ({ agent }: Waiting) => `agent ${agent}`;
const domainKey = ({ agent }: Waiting) => `domain ${tryJid(agent)?.domain ?? agent}`;
const clientKey = ({ client }: Waiting) => `client ${client}`;
