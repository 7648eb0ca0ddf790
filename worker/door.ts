/**
 * Stands before the door until it is free, then serves as the directory for as long as it is ours (db/door.ts). Several
 * workers may stand there: when the one that serves ends or is cut off, another takes over.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type DoorHold, takeDoor } from '../db/door.ts';
import { errorText, type Log } from './log.ts';

/** How often a worker that stands by tries the door. */
export const doorPollMs = 1_000;

export type DoorDeps = {
  databaseUrl: string;
  log: Log;
  /** The door is ours: begins to serve, and returns what ends that. */
  serve: () => Serving;
};

export type Serving = {
  /** Another worker may serve already: ends at once what speaks as the directory. */
  leave(): Promise<void>;
  stop(): Promise<void>;
};

export class Door {
  #deps: DoorDeps;
  #stopped = new AbortController();
  #loop: Promise<void> | null = null;
  #isWaiting = false;

  constructor(deps: DoorDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends the serving, then leaves the door to others. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const hold = await this.#take();
      if (hold) await this.#hold(hold);
      else await wait(doorPollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #take(): Promise<DoorHold | null> {
    const { databaseUrl, log } = this.#deps;
    const hold = await takeDoor(databaseUrl).catch((error: unknown) => {
      log('error', 'door-not-reached', { error: errorText(error) });
      return null;
    });
    if (!hold && !this.#isWaiting) log('info', 'standing-by');
    this.#isWaiting = !hold;
    return hold;
  }

  async #hold(hold: DoorHold): Promise<void> {
    const { log, serve } = this.#deps;
    const { signal } = this.#stopped;
    if (signal.aborted) return hold.release();
    log('info', 'door-taken');
    const serving = serve();
    // The door may be lost while the serving stops, too; and what still ends then keeps nobody else from it.
    const left = hold.lost.then(async () => {
      await serving.leave();
      await hold.release();
    });
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    await Promise.race([hold.lost, stopped]);
    if (!signal.aborted) log('warn', 'door-lost');
    await serving.stop();
    await hold.release();
    await left;
  }
}
