import { createRoute, z } from '@hono/zod-openapi';
import { readiness } from '../../operations/readiness.ts';
import { createRouter } from '../context.ts';
import { found, headed, refusalsOf } from '../openapi.ts';

const AliveSchema = z
  .object({ ok: z.literal(true).describe('It answers.') })
  .openapi('Alive', { description: 'That the process answers.', example: { ok: true } });

const aliveRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'isAlive',
  tags: ['Health'],
  summary: 'Whether the process answers',
  description: 'Asks nothing of the database.',
  responses: { ...refusalsOf(), 200: found(AliveSchema, 'It does.') },
});

const ReadinessSchema = z
  .object({
    ready: z.boolean().describe('Whether both are well.'),
    database: z.boolean().describe('Whether the database answers.'),
    worker: z
      .object({
        ageMs: z.number().nullable().describe('The age of its last sign of life; null without one.'),
        online: z.boolean().describe('Whether it is connected to its server.'),
      })
      .describe('The worker, which keeps the index up to date.'),
  })
  .openapi('Readiness', {
    description: 'Whether what is served is kept up.',
    example: { ready: true, database: true, worker: { ageMs: 4100, online: true } },
  });

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'isReady',
  tags: ['Health'],
  summary: "Whether the database answers, and the age of the worker's heartbeat",
  description: 'For what keeps an instance in service, or takes it out.',
  responses: {
    ...refusalsOf(),
    200: found(ReadinessSchema, 'Both are well.'),
    503: {
      description: 'One is not.',
      headers: headed(),
      content: {
        'application/json': {
          schema: ReadinessSchema,
          example: { ready: false, database: true, worker: { ageMs: 90_000, online: true } },
        },
      },
    },
  },
});

export const health = createRouter()
  .openapi(aliveRoute, (context) => context.json({ ok: true as const }, 200))
  .openapi(readyRoute, async (context) => {
    const state = await readiness(context.var.deps);
    return state.ready ? context.json(state, 200) : context.json(state, 503);
  });
