/** The change feed: what a mirror needs to become, and stay, equal to the index. */

import { type FeedChange, readChanges, readChangesWithin } from '../db/changes.ts';
import { listingsById } from '../db/match.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Deps } from './deps.ts';

export const feedLimits = {
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  /** How many bytes of listings, as they are stored, one page carries. */
  listingsBytesMax: 1_048_576,
} as const;

export type ChangesInput = {
  /** The number of the last change that is known; 0 for all there ever were. */
  since: number;
  /** From 1 to `feedLimits.pageSizeMax`. */
  limit: number;
  /** Whether each change comes with its listing as it is now; a page is then also cut by its bytes. */
  withListings: boolean;
};

export type ChangesPage = {
  items: (FeedChange & {
    /** Null where the listing is gone, by this change or by a later one. Only where listings were asked for. */
    listing?: ListingRecord | null;
  })[];
  /** What the next reading is to start after. */
  next: number;
  /** The last number given out. */
  head: number;
  /** More is there already. */
  more: boolean;
};

export async function changes(
  { db }: Deps,
  { since, limit, withListings }: ChangesInput,
): Promise<ChangesPage | Problem> {
  const { changes: found, head } = withListings
    ? await readChangesWithin(db, since, limit, feedLimits.listingsBytesMax)
    : await readChanges(db, since, limit);
  if (since > head) return beyondHead(since, head);
  // The newest change always has the head's number, since a later one of the same listing would have a later number.
  const next = found.at(-1)?.seq ?? head;
  return {
    items: withListings ? await withTheirListings(db, found) : found,
    next,
    head,
    more: next < head,
  };
}

/** Where a new reader of the feed begins, or whether one that resumes can go on. */
export async function feedStart({ db }: Deps, since: number | null): Promise<number | Problem> {
  const { head } = await readChanges(db, since ?? 0, 1);
  return since !== null && since > head ? beyondHead(since, head) : (since ?? head);
}

async function withTheirListings(db: Deps['db'], found: FeedChange[]): Promise<ChangesPage['items']> {
  const ids = found.filter(({ op }) => op === 'put').map(({ id }) => id);
  const records = ids.length === 0 ? [] : await listingsById(db, ids);
  const byId = new Map(records.map((record) => [record.listing.id, record]));
  return found.map((change) => ({ ...change, listing: byId.get(change.id) ?? null }));
}

function beyondHead(since: number, head: number): Problem {
  return problem(
    'invalid-parameter',
    `${since} is beyond the feed's last number; expected a whole number from 0 to ${head}, as this directory gave it.`,
    [{ pointer: '/since', detail: `expected a whole number from 0 to ${head}` }],
  );
}
