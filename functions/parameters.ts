/** Parameters that several routes take. */

import { z } from '@hono/zod-openapi';
import { cursorCharsMax } from '../market/cursor.ts';
import { queryLimits } from '../market/query/ast.ts';
import { pageSizeDefault, pageSizeMax } from '../operations/search.ts';

export const QuerySchema = z.string(`expected a text of at most ${queryLimits.charsMax} characters`).openapi({
  description: 'A query: words, "phrases", -word and qualifiers, as /docs#queries has them.',
  maxLength: queryLimits.charsMax,
  example: 'convert currency',
});

/** How long a page may be. @param of what the page has */
export function limitParameter(of: string, { max = pageSizeMax, usual = pageSizeDefault, example = 5 } = {}) {
  const message = limitMessage(max);
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= max, message)
    .optional()
    .openapi({
      description: `At most so many ${of}.`,
      type: 'integer',
      minimum: 1,
      maximum: max,
      default: usual,
      example,
    });
}

export function limitMessage(max: number): string {
  return `expected a whole number from 1 to ${max}`;
}

/** What is said of a cursor wherever it is taken. */
export const paging = {
  description: 'The cursor of the last page of the same query.',
  maxLength: cursorCharsMax,
  example: 'WyJ4IiwieSIsInoiXQ',
};
