/** What the benchmark of searches asks, by kind. */

import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import type { Deps } from '../../operations/deps.ts';
import { facets } from '../../operations/explore.ts';
import { match } from '../../operations/match.ts';
import { type SearchPage, search } from '../../operations/search.ts';
import { inputName, wordOf } from './sample-listings.ts';

/** One kind of question: asked of the operations, and over HTTP. */
export type Kind = {
  /** At most so many times as slow at the largest size as at the smallest. */
  growthMax: number;
  ask: () => Promise<unknown>;
  request: { path: string; body?: object };
};

const pageDeep = 50;
const pageSize = 10;

const given = (ranks: number[]) => Object.fromEntries(ranks.map((rank) => [inputName(rank), '5']));

export async function kindsOf(deps: Deps): Promise<{ [name: string]: Kind }> {
  const of = (q: string, growthMax = 5): Kind => ({
    growthMax,
    ask: () => page(deps, q, 20, null),
    request: { path: `/v1/listings?q=${encodeURIComponent(q)}` },
  });
  const matching = (ranks: number[]): Kind => ({
    growthMax: 5,
    ask: () => match(deps, given(ranks), 20),
    request: { path: '/v1/listings/match', body: { inputs: given(ranks) } },
  });
  const common = wordOf(0);
  const cursor = await cursorOf(deps, common);
  return {
    'rare word': of(wordOf(15_000)),
    'common word': of(common),
    'two common words': of(`${common} ${wordOf(1)}`, 12),
    'typing error': of(`${wordOf(2_000)}x`),
    'qualifiers only': of(`kind:command accepts:date tag:${wordOf(3)}`),
    'typed input': of(`input:${inputName(5)} accepts:number`),
    'an option': of(`input:${inputName(5)}=EUR`),
    'match, 3 names': matching([0, 4, 60]),
    'match, 12 names': matching([0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 144, 610]),
    facets: {
      growthMax: 5,
      ask: () => facets(deps, parsed(common)),
      request: { path: `/v1/facets?q=${common}` },
    },
    [`page ${pageDeep}`]: {
      growthMax: 12,
      ask: () => page(deps, common, pageSize, cursor),
      request: { path: `/v1/listings?q=${common}&limit=${pageSize}&cursor=${cursor}` },
    },
    'no match': of('zzyzxqk'),
  };
}

/** Leads to the deep page. */
async function cursorOf(deps: Deps, q: string): Promise<string> {
  let cursor: string | null = null;
  for (let at = 1; at < pageDeep; at++) {
    cursor = (await page(deps, q, pageSize, cursor)).cursor;
    if (cursor === null) throw new Error(`the query has no page ${at + 1}`);
  }
  return cursor ?? '';
}

async function page(deps: Deps, q: string, limit: number, cursor: string | null): Promise<SearchPage> {
  const found = await search(deps, { query: parsed(q), sort: 'relevance', limit, cursor });
  if (isProblem(found)) throw new Error(found.detail);
  return found;
}

export function parsed(text: string): Query {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
}
