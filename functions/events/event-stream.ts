/** One reader's stream of events: it reads on only when the last piece was taken, so it holds one piece at most. */

import type { Feed } from './feed.ts';
import type { StreamLimits } from './limits.ts';
import { farewell, greeting, heartbeat } from './wire.ts';

export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #feed: Feed;
  readonly #limits: StreamLimits;
  readonly #onClosed: (stream: EventStream) => void;
  #position: number;
  #endsMs = Date.now();
  #sentMs = Date.now();
  /** The reader has not taken the last piece; false while it waits for the next. */
  #isHeld = true;
  #isGreeted = false;
  #isClosed = false;

  constructor(
    start: number,
    feed: Feed,
    limits: StreamLimits,
    onClosed: (stream: EventStream) => void = () => undefined,
  ) {
    this.#feed = feed;
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#position = start;
    this.#endsMs += limits.lifetimeMs;
    this.body = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#close() },
      { highWaterMark: 0 },
    );
  }

  /** For how long the reader has not taken the last piece. */
  heldMs(nowMs: number): number {
    return this.#isHeld ? nowMs - this.#sentMs : 0;
  }

  /** Has the stream end before its time, when it is next woken. */
  end(): void {
    this.#endsMs = 0;
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#isHeld = false;
    const piece = await this.#next().catch((error) => {
      this.#close();
      throw error;
    });
    if (this.#isClosed) return;
    if (piece) controller.enqueue(piece);
    else {
      controller.enqueue(farewell(this.#limits.retryMs));
      controller.close();
      this.#close();
    }
    this.#sentMs = Date.now();
    this.#isHeld = true;
  }

  /** Waits for what is to be sent; null at the end. */
  async #next(): Promise<Uint8Array | null> {
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      return greeting(this.#position, this.#limits.retryMs);
    }
    while (!this.#isClosed && Date.now() < this.#endsMs) {
      const news = await this.#feed.after(this.#position);
      if (news === 'end') return null;
      if (news !== 'nothing') {
        this.#position = news.position;
        return news.bytes;
      }
      if (Date.now() - this.#sentMs >= this.#limits.heartbeatMs) return heartbeat;
    }
    return null;
  }

  #close(): void {
    this.#isClosed = true;
    this.#onClosed(this);
  }
}
