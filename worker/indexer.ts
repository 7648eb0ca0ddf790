/** Gathers what visits found and writes it in batches; each caller hears when its part is committed. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { type AgentIndex, type WriteOutcome, writeIndex } from '../db/write-index.ts';

export const indexerLimits = { batchMax: 100, gatherMs: 20 } as const;

type Waiting = {
  index: AgentIndex;
  resolve: (outcome: WriteOutcome) => void;
  reject: (error: unknown) => void;
};

export class Indexer {
  #db: Database;
  #absenceMs: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(db: Database, absenceMs: number) {
    this.#db = db;
    this.#absenceMs = absenceMs;
  }

  /** Settles when the agent's index is committed; rejects where it could not be written. */
  write(index: AgentIndex): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ index, resolve, reject });
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = null;
      });
    });
  }

  async #writeAll(): Promise<void> {
    await wait(indexerLimits.gatherMs);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, indexerLimits.batchMax);
      await this.#writeBatch(batch);
    }
  }

  /** Where a batch fails its parts are written one by one, so that what one agent says cannot hold up the others. */
  async #writeBatch(batch: Waiting[]): Promise<void> {
    try {
      const outcome = await writeIndex(
        this.#db,
        batch.map((waiting) => waiting.index),
        this.#absenceMs,
      );
      for (const waiting of batch) waiting.resolve(outcome);
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1 && only) only.reject(error);
      else for (const waiting of batch) await this.#writeBatch([waiting]);
    }
  }
}
