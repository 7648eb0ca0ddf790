import { createRoute, z } from '@hono/zod-openapi';
import { isProblem } from '../../market/problem.ts';
import { showAgent } from '../../operations/show.ts';
import { createRouter } from '../context.ts';
import { reads } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { AgentSchema } from '../schemas.ts';
import { agentJson } from '../serialize.ts';
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

export const agents = createRouter().openapi(showRoute, async (context) => {
  const found = await showAgent(context.var.deps, context.req.valid('param').jid);
  if (isProblem(found)) return problemResponse(context, found) as never;
  return context.json(agentJson(found), 200);
});
