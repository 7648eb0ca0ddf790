/** The orders in which a search can answer. */

import { type Problem, problem } from '../problem.ts';
import { nearOf, type Query, soleCurrency } from './ast.ts';
import { shown } from './clean.ts';
import { nearest } from './nearest.ts';

export const sorts = ['relevance', 'rating', 'recent', 'price', 'distance', 'name'] as const;
export type Sort = (typeof sorts)[number];

export const sortDefault: Sort = 'relevance';

/** The order, where the query says what it needs: a place for `distance`, one currency for `price`. */
export function parseSort(text: string | null | undefined, query: Query): Sort | Problem {
  const sort = text === null || text === undefined ? sortDefault : sorts.find((known) => known === text);
  if (sort === undefined) {
    const meant = nearest(text ?? '', sorts);
    const suggestion = meant ? `; did you mean ${meant}?` : '';
    return refused(`'${shown(text ?? '')}' is no order; expected one of ${sorts.join(', ')}${suggestion}`);
  }
  const lack = lackOf(sort, query);
  return lack === null ? sort : refused(`'${sort}' ${lack}`);
}

/** What the query lacks for the order, or null. */
function lackOf(sort: Sort, query: Query): string | null {
  switch (sort) {
    case 'distance':
      return nearOf(query) ? null : 'orders by the distance from a place; expected near: in the query';
    case 'price':
      return soleCurrency(query) === null
        ? 'compares prices of one currency; expected currency: with one value in the query'
        : null;
    case 'relevance':
    case 'rating':
    case 'recent':
    case 'name':
      return null;
  }
}

function refused(detail: string): Problem {
  return problem('invalid-parameter', `Not accepted: sort: ${detail}`, [{ pointer: '/sort', detail }]);
}
