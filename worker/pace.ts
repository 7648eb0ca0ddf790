/** Politeness: how many questions may be under way to one domain at once. */

export const questionsPerDomainMax = 8;

export class Pace {
  #running = new Map<string, number>();
  #waiting = new Map<string, (() => void)[]>();
  #max: number;

  constructor(perDomainMax: number) {
    this.#max = perDomainMax;
  }

  /** Runs the task as soon as its domain has room. */
  async run<T>(domain: string, task: () => Promise<T>): Promise<T> {
    await this.#enter(domain);
    try {
      return await task();
    } finally {
      this.#leave(domain);
    }
  }

  #enter(domain: string): Promise<void> | undefined {
    const running = this.#running.get(domain) ?? 0;
    if (running < this.#max) {
      this.#running.set(domain, running + 1);
      return undefined;
    }
    return new Promise((resolve) => {
      const queue = this.#waiting.get(domain) ?? [];
      queue.push(resolve);
      this.#waiting.set(domain, queue);
    });
  }

  /** Hands the place to the next in line, or gives it up. */
  #leave(domain: string): void {
    const queue = this.#waiting.get(domain);
    const next = queue?.shift();
    if (queue?.length === 0) this.#waiting.delete(domain);
    if (next) {
      next();
      return;
    }
    const running = (this.#running.get(domain) ?? 1) - 1;
    if (running > 0) this.#running.set(domain, running);
    else this.#running.delete(domain);
  }
}
