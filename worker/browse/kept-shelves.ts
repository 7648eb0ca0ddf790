/** The shelves' values, kept for a while: to count them reads every listing. */

import type { Shelves } from '../../operations/browse.ts';

export const keepLimits = {
  keptMinMs: 30_000,
  /** They are kept for so many times as long as it took to count them. */
  keptPerReading: 20,
} as const;

type Kept = { shelves: Promise<Shelves>; untilMs: number };

export class KeptShelves {
  #read: () => Promise<Shelves>;
  #now: () => number;
  #kept: Kept | null = null;

  constructor(read: () => Promise<Shelves>, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
  }

  /** Read once for all who ask in that time. A reading that fails is not kept. */
  get(): Promise<Shelves> {
    if (this.#kept && this.#now() < this.#kept.untilMs) return this.#kept.shelves;
    const begunMs = this.#now();
    const kept: Kept = { shelves: this.#read(), untilMs: Number.POSITIVE_INFINITY };
    this.#kept = kept;
    kept.shelves.then(
      () => {
        const { keptMinMs, keptPerReading } = keepLimits;
        kept.untilMs = this.#now() + Math.max(keptMinMs, keptPerReading * (this.#now() - begunMs));
      },
      () => {
        this.#kept = null;
      },
    );
    return kept.shelves;
  }
}
