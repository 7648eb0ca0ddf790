/** One poll of the feed for all streams of a process. */

import type { FeedChange } from '../../db/changes.ts';
import { EventStream } from './event-stream.ts';
import type { Batch, Feed, FeedReader, Read } from './feed.ts';
import type { SharedLimits } from './limits.ts';
import { events } from './wire.ts';

export class Hub {
  readonly #reader: FeedReader;
  readonly #limits: SharedLimits;
  /** The open streams, each with what cuts its connection. */
  readonly #streams = new Map<EventStream, () => void>();
  /** The changes after `#floor` and up to `#position`, the latest of each listing. */
  #window: FeedChange[] = [];
  #floor = 0;
  #position: number | null = null;
  /** What all streams that are up to date share. */
  #latest: { from: number; batch: Batch } | null = null;
  readonly #reads = new Map<number, Promise<Read | 'end' | null>>();
  #tick = Promise.withResolvers<void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #isPolling = false;
  #isEnded = false;

  constructor(reader: FeedReader, limits: SharedLimits) {
    this.#reader = reader;
    this.#limits = limits;
  }

  get size(): number {
    return this.#streams.size;
  }

  /**
   * @param start a number that the feed has reached
   * @param cut ends the connection though its reader takes nothing
   */
  open(start: number, cut: () => void): ReadableStream<Uint8Array> | null {
    if (this.#isEnded || this.#streams.size >= this.#limits.streamsMax) return null;
    const stream = new EventStream(start, this.#feed, this.#limits, (closed) => this.#forget(closed));
    this.#streams.set(stream, cut);
    this.#timer ??= setInterval(() => this.#onTick(), this.#limits.periodMs);
    return stream.body;
  }

  /** Ends every stream: their readers come again, here or elsewhere. */
  end(): void {
    this.#isEnded = true;
    this.#endStreams();
  }

  readonly #feed: Feed = {
    after: async (position) => {
      if (this.#position !== null && position < this.#floor) return this.#readFor(position);
      if (this.#position === null || position >= this.#position) await this.#tick.promise;
      return this.#shared(position) ?? 'nothing';
    },
  };

  /** What the window has for a stream; null where it has nothing, or does not reach back that far. */
  #shared(position: number): Batch | null {
    if (this.#position === null || position < this.#floor || position >= this.#position) return null;
    if (this.#latest?.from === position) return this.#latest.batch;
    const rest = this.#window.slice(this.#placeAfter(position));
    const given = rest.slice(0, this.#limits.batchMax);
    const last = given.length < rest.length ? given.at(-1) : null;
    const batch = { bytes: events(given), position: last?.seq ?? this.#position };
    this.#latest = { from: position, batch };
    return batch;
  }

  #placeAfter(position: number): number {
    const place = this.#window.findIndex(({ seq }) => seq > position);
    return place < 0 ? this.#window.length : place;
  }

  /** For streams that are far behind; those at the same place share the reading. */
  async #readFor(position: number): Promise<Batch | 'nothing' | 'end'> {
    const underWay =
      this.#reads.get(position) ??
      this.#reader.read(position, this.#limits.batchMax).finally(() => this.#reads.delete(position));
    this.#reads.set(position, underWay);
    const read = await underWay;
    if (read === 'end') return 'end';
    if (read?.changes.length) return { bytes: events(read.changes), position: read.next };
    await this.#tick.promise;
    return 'nothing';
  }

  #onTick(): void {
    // Time passes for streams whether or not the database answers.
    this.#wake();
    const nowMs = Date.now();
    for (const [stream, cut] of this.#streams) {
      if (stream.heldMs(nowMs) < this.#limits.stallMs) continue;
      this.#forget(stream);
      cut();
    }
    if (!this.#isPolling) void this.#poll();
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    for (let more = true; more; ) {
      const from = this.#position;
      const read = await this.#reader.read(from ?? 0, from === null ? 1 : this.#limits.windowMax);
      // Every stream may have gone meanwhile, and others come.
      if (this.#timer === null || this.#position !== from) break;
      if (read === 'end') this.#endStreams();
      more = read !== 'end' && read !== null && this.#take(read);
    }
    this.#isPolling = false;
  }

  /** Returns whether there is more already. */
  #take({ changes, next, head, more }: Read): boolean {
    if (this.#position === null) {
      this.#position = this.#floor = head;
      return true;
    }
    this.#position = next;
    if (changes.length === 0) return false;
    const fresh = new Set(changes.map(({ id }) => id));
    const window = [...this.#window.filter(({ id }) => !fresh.has(id)), ...changes];
    const dropped = window.slice(0, -this.#limits.windowMax).at(-1);
    this.#floor = dropped?.seq ?? this.#floor;
    this.#window = window.slice(-this.#limits.windowMax);
    this.#latest = null;
    this.#wake();
    return more;
  }

  #endStreams(): void {
    for (const stream of this.#streams.keys()) stream.end();
    this.#position = null;
    this.#window = [];
    this.#wake();
  }

  #forget(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#rest();
  }

  #rest(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#position = null;
    this.#window = [];
    this.#latest = null;
    this.#wake();
  }

  #wake(): void {
    this.#tick.resolve();
    this.#tick = Promise.withResolvers<void>();
  }
}
