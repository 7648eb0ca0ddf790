/** Entities that something asks to be visited soon: gathered, so that a flood of reasons costs one statement. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { type Enqueue, enqueue } from '../db/queue.ts';
import { errorText, type Log } from './log.ts';

export const wantedLimits = {
  gatherMs: 50,
  /** Further entities are forgotten: their turn comes with the schedule. */
  entitiesMax: 10_000,
  retryMs: 1_000,
} as const;

export type WantedDeps = {
  db: Database;
  log: Log;
  /** Tells the crawler that something is due. */
  wake: () => void;
};

export class Wanted {
  #deps: WantedDeps;
  #entities = new Map<string, Enqueue>();
  #writing: Promise<void> | null = null;

  constructor(deps: WantedDeps) {
    this.#deps = deps;
  }

  /** @param dueMs from now */
  add(jid: string, domain: string, dueMs = 0): void {
    const known = this.#entities.get(jid);
    if (!known && this.#entities.size >= wantedLimits.entitiesMax) return;
    this.#entities.set(jid, { jid, domain, depth: 0, dueMs: Math.min(dueMs, known?.dueMs ?? dueMs) });
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** Waits for what was gathered to be written. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { db, log, wake } = this.#deps;
    for (let failures = 0; this.#entities.size > 0 && failures < 3; ) {
      await wait(failures === 0 ? wantedLimits.gatherMs : wantedLimits.retryMs);
      const batch = this.#entities;
      this.#entities = new Map();
      try {
        await enqueue(db, [...batch.values()]);
        failures = 0;
        wake();
      } catch (error) {
        failures++;
        log('error', 'queue-failed', { error: errorText(error) });
        this.#entities = new Map([...batch, ...this.#entities]);
      }
    }
  }
}
