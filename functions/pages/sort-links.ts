/** The orders that a query can be answered in. */

import { html } from 'hono/html';
import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { parseSort, type Sort, sorts } from '../../market/query/sort.ts';
import type { Html } from './html.ts';
import { askedPath } from './paths.ts';

const names: { [sort in Sort]: string } = {
  relevance: 'Relevance',
  rating: 'Rating',
  recent: 'Recent',
  price: 'Price',
  distance: 'Distance',
  name: 'Name',
};

/** Only those for which the query has what they need: a currency for prices, a place for distances. */
export function sortLinks(query: Query, current: Sort): Html {
  const possible = sorts.filter((sort) => !isProblem(parseSort(sort, query)));
  return html`<nav class="sorts" aria-label="Order"><ul>${possible.map(
    (sort) =>
      html`<li><a href="${askedPath(query, sort)}" rel="nofollow"${sort === current ? html` aria-current="true"` : ''}>${names[sort]}</a></li>`,
  )}</ul></nav>`;
}
