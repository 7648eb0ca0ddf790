import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';

/** What a text asks for. @throws where it is refused */
export function queryOf(text: string): Query {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
}
