/** Keeps a listing within what a page of listings can carry: one agent's size must not be everybody's. */

import type { Listing } from './listing.ts';

export const fitLimits = {
  /** A listing's JSON. Beyond it, what is bulkiest goes first. */
  listingCharsMax: 32_768,
} as const;

/** The listing, without its inputs, then its outputs, then its adornments, as far as its size demands. */
export function sized(listing: Listing): Listing {
  const steps: ((from: Listing) => Listing)[] = [
    (from) => from,
    (from) => ({ ...from, provenance: {} }),
    // A choice without all of its options, or a form without all of its fields, would be a lie: rather none.
    (from) => ({ ...from, inputs: [], inputSchema: null }),
    (from) => ({ ...from, outputs: [], outputSchema: null }),
    (from) => ({ ...from, icon: null, queries: [], features: [], names: [] }),
  ];
  let fitted = listing;
  for (const step of steps) {
    fitted = step(fitted);
    if (JSON.stringify(fitted).length <= fitLimits.listingCharsMax) break;
  }
  return fitted;
}
