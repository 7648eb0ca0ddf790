/** A map of bounded size: who was idle for too long is forgotten, and where there are too many, who was so the longest. */

export class Recent<V> {
  /** In the order of their last use. */
  #entries = new Map<string, { value: V; usedMs: number }>();
  #max: number;
  #idleMs: number;
  #now: () => number;

  /** @param max entries that are kept */
  constructor(max: number, idleMs: number, now: () => number) {
    this.#max = max;
    this.#idleMs = idleMs;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#isIdle(entry)) return undefined;
    this.set(key, entry.value);
    return entry.value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size < this.#max && !this.#isIdle(entry)) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, usedMs: this.#now() });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #isIdle({ usedMs }: { usedMs: number }): boolean {
    return this.#now() - usedMs > this.#idleMs;
  }
}
