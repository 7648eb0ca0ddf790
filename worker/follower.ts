/** Takes what there is to take, in batches, again and again while the session is up; asks once a second, and when it is woken. */

import { errorText, type Log } from './log.ts';

export const followerTimes = {
  pollMs: 1_000,
  /** Between two batches, so that a long backlog does not hold up the rest of the worker. */
  betweenMs: 5,
} as const;

export type FollowerDeps = {
  /** What the log calls it. */
  name: string;
  /** Takes a bounded batch; true where there is more at once. What it writes, it writes together with how far it came. */
  take: () => Promise<boolean>;
  isUp: () => boolean;
  log: Log;
  betweenMs?: number;
};

export class Follower {
  #deps: FollowerDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isStopped = true;
  #isWoken = false;
  #hasFailed = false;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#isStopped = false;
    this.wake();
  }

  /** There may be something to take. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#running && !this.#isStopped) this.#soon(0);
  }

  /** Waits for the batch that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running ??= this.#run().finally(() => {
        this.#running = null;
      });
    }, ms);
  }

  async #run(): Promise<void> {
    this.#isWoken = false;
    const hasMore = this.#deps.isUp() && (await this.#take());
    if (this.#isStopped) return;
    const { betweenMs = followerTimes.betweenMs } = this.#deps;
    this.#soon(hasMore || this.#isWoken ? betweenMs : followerTimes.pollMs);
  }

  async #take(): Promise<boolean> {
    const { take, log, name } = this.#deps;
    try {
      const hasMore = await take();
      this.#hasFailed = false;
      return hasMore;
    } catch (error) {
      // Of a database that is away one line is enough.
      if (!this.#hasFailed) log('error', 'follower-failed', { name, error: errorText(error) });
      this.#hasFailed = true;
      return false;
    }
  }
}
