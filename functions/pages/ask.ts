/** What the search page asks the directory, as its address says. */

import { isProblem, type Problem } from '../../market/problem.ts';
import { emptyQuery } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { parseSort, type Sort, sortDefault } from '../../market/query/sort.ts';
import type { Deps } from '../../operations/deps.ts';
import { facets } from '../../operations/explore.ts';
import { pageSizeDefault, search } from '../../operations/search.ts';
import type { Search } from './search-page.ts';

export type Asked = { text: string; sort: string | null; cursor: string | null };

export async function ask(deps: Deps, { text, sort: order, cursor }: Asked): Promise<Search> {
  const isLater = cursor !== null;
  const query = parseQuery(text);
  if (isProblem(query)) return refused(query, parseSort(order, emptyQuery));
  const sort = parseSort(order, query);
  if (isProblem(sort)) return refused(sort, sort);
  const [page, counts] = await Promise.all([
    search(deps, { query, sort, limit: pageSizeDefault, cursor }),
    facets(deps, query),
  ]);
  if (isProblem(page)) return refused(page, sort);
  // Counts of what nothing matches are none; those of the mended query are known only with it.
  const shown = page.mended === null ? counts : await facets(deps, page.mended);
  return { text, sort, isLater, outcome: { query, sort, page, facets: shown } };

  /** The box forgets an order that cannot be had, so that the next search is not refused for it again. */
  function refused(outcome: Problem, kept: Sort | Problem): Search {
    return { text, sort: isProblem(kept) ? sortDefault : kept, isLater, outcome };
  }
}
