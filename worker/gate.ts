/** Lets few questions of one asker be acted upon at the same time; the others wait in order, and too many are refused. */

export const gateLimits = {
  /** Questions of one bare JID that are acted upon at the same time. */
  runningPerJidMax: 4,
  /** Questions of one bare JID that wait: a client may ask of a whole page at once. */
  waitingPerJidMax: 200,
  /** Questions of all that wait. */
  waitingMax: 2_000,
} as const;

type Asker = { running: number; waiting: (() => void)[] };

export class Gate {
  #askers = new Map<string, Asker>();
  #waiting = 0;

  /** What the work comes to; null where too much of that asker's, or of everybody's, waits already. */
  async pass<T>(jid: string, work: () => Promise<T>): Promise<T | null> {
    const asker = this.#askers.get(jid) ?? { running: 0, waiting: [] };
    this.#askers.set(jid, asker);
    if (asker.running >= gateLimits.runningPerJidMax) {
      const { waitingPerJidMax, waitingMax } = gateLimits;
      if (asker.waiting.length >= waitingPerJidMax || this.#waiting >= waitingMax) return null;
      this.#waiting++;
      // Whoever leaves hands its place on.
      await new Promise<void>((resolve) => asker.waiting.push(resolve));
      this.#waiting--;
    } else asker.running++;
    try {
      return await work();
    } finally {
      const next = asker.waiting.shift();
      if (next) next();
      else if (--asker.running === 0) this.#askers.delete(jid);
    }
  }
}
