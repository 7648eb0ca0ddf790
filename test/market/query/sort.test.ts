import { expect, test } from 'vitest';
import { isProblem } from '../../../market/problem.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import { parseSort } from '../../../market/query/sort.ts';

const sortOf = (sort: string | null | undefined, text: string) => {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return parseSort(sort, query);
};

test.each([
  [null, '', 'relevance'],
  [undefined, '', 'relevance'],
  ['relevance', 'x', 'relevance'],
  ['rating', '', 'rating'],
  ['recent', '', 'recent'],
  ['name', '', 'name'],
  ['distance', 'near:1,2,3', 'distance'],
  ['price', 'currency:EUR', 'price'],
])('order %s of "%s" is %s', (sort, text, expected) => {
  expect(sortOf(sort, text)).toBe(expected);
});

test.each([
  ['', '', /'' is no order; expected one of relevance, rating, recent, price, distance, name/],
  ['Rating', '', /did you mean rating\?/],
  ['ratng', '', /did you mean rating\?/],
  ['newest', '', /expected one of/],
  ['__proto__', '', /expected one of/],
  ['distance', '', /expected near: in the query/],
  ['price', '', /expected currency: with one value/],
  ['price', 'currency:EUR,USD', /prices of one currency/],
  ['price', 'currency:EUR currency:USD', /prices of one currency/],
])('order %s of "%s" is refused', (sort, text, detail) => {
  expect(sortOf(sort, text)).toMatchObject({
    problem: 'invalid-parameter',
    errors: [{ pointer: '/sort', detail: expect.stringMatching(detail) }],
  });
});
