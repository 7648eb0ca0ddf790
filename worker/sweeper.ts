/** Has what goes by the passing of time alone swept up, and the index put in order, again and again. */

import type { Database } from '../db/database.ts';
import { sweep } from '../db/sweep.ts';
import { arrangeTiers } from '../db/tiers.ts';
import { errorText, type Log } from './log.ts';

export type SweeperDeps = { db: Database; periodMs: number; log: Log };

export class Sweeper {
  #deps: SweeperDeps;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | null = null;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#sweep();
    this.#timer = setInterval(() => this.#sweep(), this.#deps.periodMs);
  }

  /** Waits for the sweep that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  #sweep(): void {
    this.#sweeping ??= this.#run().finally(() => {
      this.#sweeping = null;
    });
  }

  async #run(): Promise<void> {
    const { db, log } = this.#deps;
    try {
      const swept = await sweep(db);
      if (Object.values(swept).some((count) => count > 0)) log('info', 'swept', swept);
      const moved = await arrangeTiers(db);
      if (moved > 0) log('info', 'tiers-arranged', { moved });
    } catch (error) {
      log('error', 'sweep-failed', { error: errorText(error) });
    }
  }
}
