/** Search: the same for every door. */

import { candidatesMax, searchListings } from '../db/search.ts';
import { decodeCursor, encodeCursor } from '../market/cursor.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import { formatQuery, type Query } from '../market/query.ts';
import type { Deps } from './deps.ts';

export { candidatesMax } from '../db/search.ts';

export const pageSizeDefault = 20;
export const pageSizeMax = 100;

export type SearchInput = { query: Query; limit: number; cursor: string | null };
export type SearchPage = {
  items: { record: ListingRecord; score: number }[];
  /** Leads to the next page; null on the last. */
  cursor: string | null;
  /** True where the query had more candidates than are ranked. */
  approximate: boolean;
};

/** @param input `limit` from 1 to `pageSizeMax` */
export async function search({ db }: Deps, input: SearchInput): Promise<SearchPage | Problem> {
  const scope = `search ${formatQuery(input.query)}`;
  const after = input.cursor === null ? null : decodeCursor(scope, input.cursor);
  if (input.cursor !== null && after === null) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this query; expected the cursor of its last page, or none.',
    );
  }
  const { hits, candidates } = await searchListings(db, input.query, after, input.limit + 1);
  const items = hits.slice(0, input.limit);
  const last = items.at(-1);
  const hasMore = hits.length > input.limit && last !== undefined;
  return {
    items,
    cursor: hasMore ? encodeCursor(scope, { score: last.score, id: last.record.listing.id }) : null,
    approximate: candidates >= candidatesMax,
  };
}
