/** A query as the value of a form's field. */

import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { type Query, queryLimits } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';

/** Reads the field `query`; a refusal points to it. */
export function readQueryField(text: string): Query | Problem {
  // The text is a form's value, which may be longer than a query.
  if (text.length > 2 * queryLimits.charsMax) {
    return atField('query', `expected at most ${queryLimits.charsMax} characters`);
  }
  const query = parseQuery(text);
  return isProblem(query) ? atField('query', query.detail) : query;
}

export function atField(pointer: string, detail: string): Problem {
  return problem('invalid-parameter', 'A field is not accepted.', [{ pointer, detail }]);
}

/** A problem of what was said names the fields of the form: their names, without where they are in the move's data. */
export function atFields(refused: Problem): Problem {
  const errors = refused.errors.map(({ pointer, detail }) => ({
    pointer: pointer.replace(/^\/(input\/)?/, ''),
    detail,
  }));
  return { ...refused, errors };
}
