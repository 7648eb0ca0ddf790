import { createRoute, z } from '@hono/zod-openapi';
import { isProblem } from '../../market/problem.ts';
import { seed } from '../../operations/seed.ts';
import { createRouter } from '../context.ts';
import { headed, jsonBody, refusals } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';

/** RFC 7622: three parts of at most 1,023 octets, and what divides them. */
export const addressCharsMax = 3071;
const one = 'expected either "jid" or "domain"';
const address = (what: string) => z.string(`expected ${what}`).max(addressCharsMax, `expected ${what}`);

const SeedSchema = z
  .object({ jid: z.string().describe('The address that is visited, prepared.') })
  .openapi('Seed', { description: 'What is queued for a visit.', example: { jid: 'fx@works.test' } });

const seedRoute = createRoute({
  method: 'post',
  path: '/v1/agents',
  operationId: 'seedAgent',
  tags: ['Agents'],
  summary: 'Ask for an agent, component or server to be crawled',
  description:
    'The visit follows within seconds, and leads on to what the entity lists below it. What is found shows at the Location, or nothing does where the entity offers nothing.',
  request: {
    body: jsonBody(
      z
        .strictObject({
          jid: address('a JID such as fx@works.test').optional().describe('The JID of an agent.'),
          domain: address('a domain such as works.test')
            .optional()
            .describe('A server or component, with what it lists.'),
        })
        .refine(({ jid, domain }) => (jid === undefined) !== (domain === undefined), one)
        .refine(({ domain }) => !domain?.includes('@'), 'expected a domain without "@"')
        .openapi('SeedRequest', {
          description: 'Either a JID or a domain.',
          example: { jid: 'fx@works.test' },
        }),
    ),
  },
  responses: {
    ...refusals('invalid-body', 'body-too-large', 'domain-not-crawled'),
    202: {
      description: 'It is queued.',
      headers: {
        ...headed(),
        Location: {
          description: 'Where the agent is shown.',
          schema: { type: 'string' as const },
          example: '/v1/agents/fx%40works.test',
        },
      },
      content: { 'application/json': { schema: SeedSchema } },
    },
  },
});

export const seeds = createRouter().openapi(seedRoute, async (context) => {
  const { jid, domain } = context.req.valid('json');
  const queued = await seed(context.var.deps, jid ?? domain ?? '');
  if (isProblem(queued)) return problemResponse(context, queued) as never;
  context.header('location', `/v1/agents/${encodeURIComponent(queued)}`);
  return context.json({ jid: queued }, 202);
});
