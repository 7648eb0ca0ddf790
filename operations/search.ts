/** Search: the same for every door. */

import { keyTypes, type SearchKey } from '../db/orders.ts';
import { searchLimits, searchListings } from '../db/search.ts';
import { mendWords } from '../db/terms.ts';
import { decodeCursor, encodeCursor } from '../market/cursor.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import { formatQuery } from '../market/query/format.ts';
import type { Sort } from '../market/query/sort.ts';
import type { Why } from '../market/ranking.ts';
import type { Deps } from './deps.ts';

export const { candidatesMax } = searchLimits;

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
  /** True where few have all words, so that some here lack one or more; those come last. */
  partial: boolean;
};

/** How a query is taken: as it is; or, where nothing has all its words, with those mended that occur nowhere. */
const readings = ['asked', 'mended'] as const;
type Reading = (typeof readings)[number];

/** @param input `limit` from 1 to `pageSizeMax` */
export async function search({ db }: Deps, input: SearchInput): Promise<SearchPage | Problem> {
  const { query, cursor } = input;
  const ready = cursor === null ? null : readCursor(input, cursor);
  if (cursor !== null && ready === null) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this query; expected the cursor of its last page, or none.',
    );
  }
  if (ready?.reading === 'asked') return page(db, input, null, ready.after);
  const asked = ready ? null : await page(db, input, null, null);
  if (asked && (asked.isComplete || query.terms.length === 0)) return asked;
  const mended = await mendWords(db, query);
  const better = mended && (await page(db, input, mended, ready?.after ?? null));
  if (better && (better.items.length > 0 || !asked)) return better;
  return asked ?? page(db, input, null, ready?.after ?? null);
}

async function page(
  db: Deps['db'],
  input: SearchInput,
  mended: Query | null,
  after: SearchKey | null,
): Promise<SearchPage & { isComplete: boolean }> {
  const { query, sort, limit } = input;
  const reading = mended ? 'mended' : 'asked';
  const { hits, isCut, passed } = await searchListings(db, {
    query: mended ?? query,
    sort,
    after,
    limit: limit + 1,
  });
  const items = hits.slice(0, limit);
  const last = items.at(-1);
  const next = hits.length > limit && last ? { key: last.key, id: last.record.listing.id } : passed;
  return {
    items: items.map(({ record, score, why }) => ({ record, score, why })),
    cursor: next ? encodeCursor(scopeOf(input, reading), next) : null,
    approximate: isCut,
    mended,
    partial: items.some(({ isComplete }) => !isComplete),
    isComplete: items.some(({ isComplete }) => isComplete),
  };
}

/** The query as it was asked, since that is what comes again with the cursor, and how it was taken. */
function scopeOf({ query, sort }: SearchInput, reading: Reading): string {
  return `search ${sort} ${reading} ${formatQuery(query)}`;
}

function readCursor(input: SearchInput, cursor: string): { reading: Reading; after: SearchKey } | null {
  for (const reading of readings) {
    const after = decodeCursor(scopeOf(input, reading), cursor, keyTypes[input.sort]);
    if (after) return { reading, after };
  }
  return null;
}
