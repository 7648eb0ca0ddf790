/** Server-sent events on the wire (WHATWG HTML, section 9.2). */

import type { FeedChange } from '../../db/changes.ts';

const encoder = new TextEncoder();

/**
 * The block that a stream begins with. It has an id and no data: a reader that is cut before the first event
 * knows what to resume from, and sees no event.
 */
export function greeting(position: number, retryMs: number): Uint8Array {
  return encoder.encode(`retry: ${retryMs}\nid: ${position}\n\n`);
}

export function events(changes: FeedChange[]): Uint8Array {
  const blocks = changes.map(
    (change) => `id: ${change.seq}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`,
  );
  return encoder.encode(blocks.join(''));
}

/** A comment, which readers ignore and whatever stands between takes for life. */
export const heartbeat: Uint8Array = encoder.encode(':\n\n');

/** What a stream ends with that has lasted long enough: after so long the reader comes again. */
export function farewell(retryMs: number): Uint8Array {
  return encoder.encode(`retry: ${retryMs}\n\n`);
}
