/** How the app opens streams of events: with one poll for all of them, or each with its own. */

import type { Deps } from '../../operations/deps.ts';
import { EventStream } from './event-stream.ts';
import { FeedReader, ownFeed } from './feed.ts';
import { Hub } from './hub.ts';
import { type SharedLimits, type StreamLimits, sharedLimits, streamLimits } from './limits.ts';

export type EventStreams = {
  /**
   * Opens the stream of what comes after `start`, which the feed has reached; null where no more are held.
   * @param cut ends the connection of a reader that takes nothing
   */
  open(start: number, cut: () => void): ReadableStream<Uint8Array> | null;
  /** How many streams the process holds. */
  readonly size: number;
  /** Ends every stream, and opens no more. */
  end(): void;
  /** When a reader that found no place is to come again. */
  fullRetrySeconds: number;
};

/** For the edge, where a request may not wait for what another request reads. The platform bounds how many there are. */
export function ownStreams(
  deps: Deps,
  onError: (error: Error) => void,
  limits: StreamLimits = streamLimits,
): EventStreams {
  return {
    open: (start) => new EventStream(start, ownFeed(new FeedReader(deps, onError), limits), limits).body,
    size: 0,
    end: () => undefined,
    fullRetrySeconds: 0,
  };
}

/** For a process that holds many connections. */
export function sharedStreams(
  deps: Deps,
  onError: (error: Error) => void,
  limits: SharedLimits = sharedLimits,
): EventStreams {
  const hub = new Hub(new FeedReader(deps, onError), limits);
  return {
    open: (start, cut) => hub.open(start, cut),
    get size() {
      return hub.size;
    },
    end: () => hub.end(),
    fullRetrySeconds: limits.fullRetrySeconds,
  };
}
