/** What a stream of events reads from: asked again and again, it answers within about a period. */

import type { FeedChange } from '../../db/changes.ts';
import { isProblem } from '../../market/problem.ts';
import { changes } from '../../operations/changes.ts';
import type { Deps } from '../../operations/deps.ts';
import type { StreamLimits } from './limits.ts';
import { events } from './wire.ts';

/** Events as they go out, and the number after which to go on. */
export type Batch = { bytes: Uint8Array; position: number };

export type Feed = {
  /** What comes after the position; or that there is nothing yet; or that the stream is to end. */
  after(position: number): Promise<Batch | 'nothing' | 'end'>;
};

export type Read = { changes: FeedChange[]; next: number; head: number; more: boolean };

/**
 * Reads the feed for streams. A failure is reported once until the next success, and is null: streams outlast a database
 * that is away for a while. A position beyond the head, as after a restore of the database, is 'end': the reader
 * comes again and is told.
 */
export class FeedReader {
  readonly #deps: Deps;
  readonly #onError: (error: Error) => void;
  #isFailing = false;

  constructor(deps: Deps, onError: (error: Error) => void) {
    this.#deps = deps;
    this.#onError = onError;
  }

  async read(since: number, limit: number): Promise<Read | 'end' | null> {
    try {
      const page = await changes(this.#deps, { since, limit, withListings: false });
      this.#isFailing = false;
      if (isProblem(page)) return 'end';
      return { changes: page.items, next: page.next, head: page.head, more: page.more };
    } catch (error) {
      if (!this.#isFailing) this.#onError(error as Error);
      this.#isFailing = true;
      return null;
    }
  }
}

/** The feed of one stream that asks the database for itself: where a request may not use what another opened. */
export function ownFeed(reader: FeedReader, limits: StreamLimits): Feed {
  let reads = 0;
  return {
    async after(position) {
      if (++reads > limits.readsMax) return 'end';
      const read = await reader.read(position, limits.batchMax);
      if (read === 'end') return 'end';
      if (read?.changes.length) return { bytes: events(read.changes), position: read.next };
      await new Promise((resolve) => setTimeout(resolve, limits.periodMs));
      return 'nothing';
    },
  };
}
