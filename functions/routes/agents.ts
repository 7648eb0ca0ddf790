import { createRoute, z } from '@hono/zod-openapi';
import { isProblem } from '../../market/problem.ts';
import { showAgent } from '../../operations/show.ts';
import { createRouter } from '../context.ts';
import { answers } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { AgentSchema } from '../schemas.ts';
import { agentJson } from '../serialize.ts';

export const agents = createRouter();

const showRoute = createRoute({
  method: 'get',
  path: '/v1/agents/{jid}',
  summary: 'One provider and what it offers',
  request: { params: z.object({ jid: z.string().openapi({ example: 'fx@works.test' }) }) },
  responses: answers(AgentSchema, 'The provider.', 'invalid-parameter', 'agent-not-found'),
});

agents.openapi(showRoute, async (context) => {
  const found = await showAgent(context.var.deps, context.req.valid('param').jid);
  if (isProblem(found)) return problemResponse(context, found) as never;
  return context.json(agentJson(found), 200);
});
