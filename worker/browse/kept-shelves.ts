/** The shelves' values, kept for a while: to count them reads every listing. */

import type { Shelves } from '../../operations/browse.ts';

export const keptForMs = 30_000;

export class KeptShelves {
  #read: () => Promise<Shelves>;
  #now: () => number;
  #kept: { shelves: Promise<Shelves>; untilMs: number } | null = null;

  constructor(read: () => Promise<Shelves>, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
  }

  /** Read once for all who ask in that time. A reading that fails is not kept. */
  get(): Promise<Shelves> {
    if (this.#kept && this.#now() < this.#kept.untilMs) return this.#kept.shelves;
    const shelves = this.#read();
    const kept = { shelves, untilMs: this.#now() + keptForMs };
    this.#kept = kept;
    shelves.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return shelves;
  }
}
