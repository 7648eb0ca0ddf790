/** Finding one's way: counts over a query, completions, and what is indexed at all. */

import { countFacets, type Facets } from '../db/facets.ts';
import { readStats, type Stats } from '../db/stats.ts';
import { type Suggestion, suggestTerms } from '../db/terms.ts';
import type { Query } from '../market/query/ast.ts';
import type { Deps } from './deps.ts';

export function facets({ db }: Deps, query: Query): Promise<Facets> {
  return countFacets(db, query);
}

export function suggest({ db }: Deps, prefix: string, limit: number): Promise<Suggestion[]> {
  return suggestTerms(db, prefix, limit);
}

export function stats({ db }: Deps): Promise<Stats> {
  return readStats(db);
}
