import { createRoute, z } from '@hono/zod-openapi';
import { isProblem } from '../../market/problem.ts';
import { seed } from '../../operations/seed.ts';
import { createRouter } from '../context.ts';
import { refusals } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';

export const seeds = createRouter();

/** RFC 7622: three parts of at most 1,023 octets, and what divides them. */
const addressCharsMax = 3071;
const one = 'expected either "jid" or "domain"';
const address = (what: string) => z.string(`expected ${what}`).max(addressCharsMax, `expected ${what}`);

const seedRoute = createRoute({
  method: 'post',
  path: '/v1/agents',
  summary: 'Ask for an agent, component or server to be crawled',
  description:
    'The visit follows within seconds, and leads on to what the entity lists below it. What is found shows at the Location, or nothing does where the entity offers nothing.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              jid: address('a JID such as fx@works.test').optional().openapi({ example: 'fx@works.test' }),
              domain: address('a domain such as works.test').optional(),
            })
            .refine(({ jid, domain }) => (jid === undefined) !== (domain === undefined), one)
            .refine(({ domain }) => !domain?.includes('@'), 'expected a domain without "@"'),
        },
      },
    },
  },
  responses: {
    ...refusals('invalid-body', 'domain-not-crawled', 'too-many-requests'),
    202: {
      description: 'It is queued.',
      headers: z.object({ location: z.string().openapi({ description: 'Where the agent is shown.' }) }),
      content: { 'application/json': { schema: z.object({ jid: z.string() }) } },
    },
  },
});

seeds.openapi(seedRoute, async (context) => {
  const { jid, domain } = context.req.valid('json');
  const queued = await seed(context.var.deps, jid ?? domain ?? '');
  if (isProblem(queued)) return problemResponse(context, queued) as never;
  context.header('location', `/v1/agents/${encodeURIComponent(queued)}`);
  return context.json({ jid: queued }, 202);
});
