/** How completely a listing is described, 0 to 100: what orders listings where a query does not. */

import type { Listing } from './listing.ts';

export function qualityOf(listing: Listing): number {
  const points: [boolean, number][] = [
    [listing.name !== listing.node, 15],
    [listing.description !== null, 25],
    [listing.inputSchema !== null, 25],
    [listing.inputs.every((input) => input.label !== null), 5],
    [listing.tags.length > 0, 10],
    [listing.category !== null, 5],
    [listing.lang.length > 0, 5],
    [listing.call !== null, 5],
    [listing.price !== null, 5],
  ];
  return points.reduce((sum, [holds, worth]) => sum + (holds ? worth : 0), 0);
}
