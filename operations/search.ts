/** Search: the same for every door. */

import { candidatesMax, searchListings } from '../db/search.ts';
import { mendWords } from '../db/terms.ts';
import { decodeCursor, encodeCursor } from '../market/cursor.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import { formatQuery } from '../market/query/format.ts';
import type { Sort } from '../market/query/sort.ts';
import type { Why } from '../market/ranking.ts';
import type { Deps } from './deps.ts';

export { candidatesMax } from '../db/search.ts';

export const pageSizeDefault = 20;
export const pageSizeMax = 100;

export type SearchInput = { query: Query; sort: Sort; limit: number; cursor: string | null };
export type SearchPage = {
  items: { record: ListingRecord; score: number; why: Why }[];
  /** Leads to the next page; null on the last. */
  cursor: string | null;
  /** True where the query had more candidates than are ranked. */
  approximate: boolean;
  /** The query that was answered in place of one that nothing matched: words mended for typing errors. */
  mended: Query | null;
};

/** @param input `limit` from 1 to `pageSizeMax` */
export async function search({ db }: Deps, input: SearchInput): Promise<SearchPage | Problem> {
  const { query } = input;
  const asked = await page(db, input, null);
  if ('problem' in asked || asked.items.length > 0 || query.terms.length === 0) return asked;
  const mended = await mendWords(db, query);
  return mended === null ? asked : page(db, input, mended);
}

/** One page of the query, or of the one that is answered in its place. */
async function page(
  db: Deps['db'],
  { query: asked, sort, limit, cursor }: SearchInput,
  mended: Query | null,
): Promise<SearchPage | Problem> {
  // Of the query as it was asked, since that is what comes again with the cursor.
  const scope = `search ${sort} ${formatQuery(asked)}`;
  const after = cursor === null ? null : decodeCursor(scope, cursor, sort !== 'name');
  if (cursor !== null && after === null) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this query; expected the cursor of its last page, or none.',
    );
  }
  const { hits, candidates } = await searchListings(db, {
    query: mended ?? asked,
    sort,
    after,
    limit: limit + 1,
  });
  const items = hits.slice(0, limit);
  const last = items.at(-1);
  const hasMore = hits.length > limit && last !== undefined;
  return {
    items: items.map(({ record, score, why }) => ({ record, score, why })),
    cursor: hasMore ? encodeCursor(scope, { key: last.key, id: last.record.listing.id }) : null,
    approximate: sort !== 'recent' && sort !== 'name' && candidates >= candidatesMax,
    mended,
  };
}
