/** A listing's version: changes when anything changes that the listing says, and with nothing else. */

import { createHash } from 'node:crypto';
import type { Listing } from './listing.ts';

/** 32 hex digits over the listing's canonical JSON. */
export function versionOf(listing: Listing): string {
  return createHash('sha256').update(canonical(listing)).digest('hex').slice(0, 32);
}

/** JSON with sorted keys, so that equal listings have equal text however they were built. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
