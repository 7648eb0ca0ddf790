/**
 * Politeness and fairness: how many questions may be under way to one domain at once, how many of them to one address,
 * and that the addresses of a domain take turns, so that a slow one holds up itself.
 */

export const questionsPerDomainMax = 8;
export const questionsPerAddressMax = 4;

type Task = () => void;
type Domain = { running: number; perAddress: Map<string, number>; waiting: Map<string, Task[]> };

export class Pace {
  #domains = new Map<string, Domain>();
  #perDomainMax: number;
  #perAddressMax: number;

  constructor(perDomainMax: number, perAddressMax = perDomainMax) {
    this.#perDomainMax = perDomainMax;
    this.#perAddressMax = perAddressMax;
  }

  /**
   * Runs the task as soon as its domain and address have room.
   * @param address whose turn it takes; without one, the domain's own
   */
  async run<T>(domain: string, task: () => Promise<T>, address = domain): Promise<T> {
    await this.#enter(domain, address);
    try {
      return await task();
    } finally {
      this.#leave(domain, address);
    }
  }

  #enter(name: string, address: string): Promise<void> | undefined {
    const domain = this.#domains.get(name) ?? { running: 0, perAddress: new Map(), waiting: new Map() };
    this.#domains.set(name, domain);
    if (this.#hasRoom(domain, address)) {
      this.#start(domain, address);
      return undefined;
    }
    return new Promise((resolve) => {
      const queue = domain.waiting.get(address) ?? [];
      queue.push(resolve);
      domain.waiting.set(address, queue);
    });
  }

  #hasRoom(domain: Domain, address: string): boolean {
    return domain.running < this.#perDomainMax && (domain.perAddress.get(address) ?? 0) < this.#perAddressMax;
  }

  #start(domain: Domain, address: string): void {
    domain.running++;
    domain.perAddress.set(address, (domain.perAddress.get(address) ?? 0) + 1);
  }

  #leave(name: string, address: string): void {
    const domain = this.#domains.get(name);
    if (!domain) return;
    domain.running--;
    const left = (domain.perAddress.get(address) ?? 1) - 1;
    if (left > 0) domain.perAddress.set(address, left);
    else domain.perAddress.delete(address);
    this.#startNext(domain);
    if (domain.running === 0) this.#domains.delete(name);
  }

  /** The address that waited longest for its turn goes first, and then to the end of the line. */
  #startNext(domain: Domain): void {
    for (const [address, queue] of domain.waiting) {
      if (!this.#hasRoom(domain, address)) continue;
      const next = queue.shift();
      domain.waiting.delete(address);
      if (queue.length > 0) domain.waiting.set(address, queue);
      if (!next) continue;
      this.#start(domain, address);
      next();
      return;
    }
  }
}
