import { createRoute, z } from '@hono/zod-openapi';
import { readiness } from '../../operations/readiness.ts';
import { createRouter } from '../context.ts';

export const health = createRouter();

const aliveRoute = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process answers',
  responses: {
    200: {
      description: 'It does.',
      content: { 'application/json': { schema: z.object({ ok: z.literal(true) }) } },
    },
  },
});

health.openapi(aliveRoute, (context) => context.json({ ok: true as const }, 200));

const ReadinessSchema = z
  .object({
    ready: z.boolean(),
    database: z.boolean(),
    worker: z.object({ ageMs: z.number().nullable(), online: z.boolean() }),
  })
  .openapi('Readiness');

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  summary: "Whether the database answers, and the age of the worker's heartbeat",
  responses: {
    200: { description: 'Both are well.', content: { 'application/json': { schema: ReadinessSchema } } },
    503: { description: 'One is not.', content: { 'application/json': { schema: ReadinessSchema } } },
  },
});

health.openapi(readyRoute, async (context) => {
  const state = await readiness(context.var.deps);
  return state.ready ? context.json(state, 200) : context.json(state, 503);
});
