import { createRoute, z } from '@hono/zod-openapi';
import { isProblem } from '../../market/problem.ts';
import { pageSizeDefault } from '../../operations/search.ts';
import { browseAgents, showAgent } from '../../operations/show.ts';
import { createRouter } from '../context.ts';
import { linkNext } from '../link-next.ts';
import { pages, reads } from '../openapi.ts';
import { limitParameter, paging } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import { AgentPageSchema, AgentSchema } from '../schemas.ts';
import { agentJson, countedAgentJson } from '../serialize.ts';
import { addressCharsMax } from './seeds.ts';

const showRoute = createRoute({
  method: 'get',
  path: '/v1/agents/{jid}',
  operationId: 'showAgent',
  tags: ['Agents'],
  summary: 'One provider and what it offers',
  description: 'A resource in the address is ignored. Presence and uptime are shown of agents that consent.',
  request: {
    params: z.object({
      jid: z.string().openapi({
        description: 'The JID of the agent.',
        maxLength: addressCharsMax,
        example: 'fx@works.test',
      }),
    }),
  },
  responses: reads(AgentSchema, 'The provider.', 'invalid-parameter', 'agent-not-found'),
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/agents',
  operationId: 'listAgents',
  tags: ['Agents'],
  summary: 'Providers, by their JIDs',
  description:
    'All that have a listing, or those of one domain. Presence and uptime are shown of agents that consent.',
  request: {
    query: z.object({
      domain: z
        .string()
        .max(addressCharsMax, `expected a domain of at most ${addressCharsMax} characters`)
        .optional()
        .openapi({
          description: 'Only those of this domain, not of domains below it.',
          maxLength: addressCharsMax,
          example: 'works.test',
        }),
      limit: limitParameter('providers'),
      cursor: z.string().optional().openapi(paging),
    }),
  },
  responses: pages(AgentPageSchema, 'A page of providers.', 'invalid-parameter', 'invalid-cursor'),
});

export const agents = createRouter()
  .openapi(showRoute, async (context) => {
    const found = await showAgent(context.var.deps, context.req.valid('param').jid);
    if (isProblem(found)) return problemResponse(context, found) as never;
    return context.json(agentJson(found), 200);
  })
  .openapi(listRoute, async (context) => {
    const { domain = null, limit = pageSizeDefault, cursor = null } = context.req.valid('query');
    const page = await browseAgents(context.var.deps, { domain, limit, cursor });
    if (isProblem(page)) return problemResponse(context, page) as never;
    linkNext(context, page.cursor);
    return context.json(
      { items: page.items.map(countedAgentJson), cursor: page.cursor, approximate: false as const },
      200,
    );
  });
