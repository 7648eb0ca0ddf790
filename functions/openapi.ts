/** The parts of the OpenAPI document that every route shares. */

import type { z } from '@hono/zod-openapi';
import { type ProblemCode, problems } from '../market/problem.ts';
import { ProblemSchema } from './schemas.ts';

export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Guildhall',
    version: '1',
    description:
      'A directory of what agents on the XMPP network can do, down to the typed fields of their forms.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
};

type ProblemAnswer = {
  description: string;
  content: { 'application/problem+json': { schema: typeof ProblemSchema } };
};

/** The successful answer, and one answer for each status that the named problems have. */
export function answers<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  ...codes: ProblemCode[]
) {
  return {
    ...refusals(...codes),
    200: { description, content: { 'application/json': { schema } } },
  };
}

/** One answer for each status that the named problems have. */
export function refusals(...codes: ProblemCode[]): { [status: string]: ProblemAnswer } {
  const byStatus = Map.groupBy(
    [...codes, 'query-too-slow' as const, 'internal' as const],
    (code) => problems[code].status,
  );
  const refused = [...byStatus].map(([status, same]): [number, ProblemAnswer] => [
    status,
    {
      description: same.map((code) => `\`${code}\`: ${problems[code].title}`).join('. '),
      content: { 'application/problem+json': { schema: ProblemSchema } },
    },
  ]);
  return Object.fromEntries(refused);
}
