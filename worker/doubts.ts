/**
 * Resources that their server calls online but that leave pings unanswered. Unreachable is not gone: after some silent
 * pings they are taken for offline, and are asked again, ever less often, so that one that recovers is noticed.
 */

/** So many silent pings in a row, and a resource is no longer taken for online. */
export const silencesMax = 3;

/** Silent resources of one agent that are remembered: the last so many. */
export const doubtedMax = 20;

export class Doubts {
  /** How often each resource was silent, by bare JID. */
  #silences = new Map<string, Map<string, number>>();

  /** Resources that are not called online now, and whose turn it is to be asked all the same. */
  due(jid: string, online: string[]): string[] {
    const silences = this.#silences.get(jid);
    const gone = [...(silences ?? [])].filter(([resource]) => !online.includes(resource));
    return gone.flatMap(([resource, count]) => {
      if (count < silencesMax) {
        // It went as its server says, not by our doubt.
        this.settled(jid, resource);
        return [];
      }
      silences?.set(resource, count + 1);
      // At powers of two: each wait is as long as all before it.
      return (count & (count - 1)) === 0 ? [resource] : [];
    });
  }

  /** Counts the silence of a resource that is called online; true where it is now taken for offline. */
  silent(jid: string, resource: string): boolean {
    const silences = this.#silences.get(jid) ?? new Map<string, number>();
    const before = silences.get(resource) ?? 0;
    // One that was doubted and is called online again has announced itself anew.
    const count = before >= silencesMax ? 1 : before + 1;
    const [oldest] = silences.keys();
    if (oldest !== undefined && silences.size >= doubtedMax && !silences.has(resource))
      silences.delete(oldest);
    silences.set(resource, count);
    this.#silences.set(jid, silences);
    return count >= silencesMax;
  }

  settled(jid: string, resource: string): void {
    const silences = this.#silences.get(jid);
    silences?.delete(resource);
    if (silences?.size === 0) this.#silences.delete(jid);
  }

  /** A fresh session hears of every presence anew. */
  clear(): void {
    this.#silences.clear();
  }
}
