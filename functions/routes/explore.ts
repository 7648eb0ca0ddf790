import { createRoute, z } from '@hono/zod-openapi';
import { facetNames } from '../../db/facets.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { facets, stats, suggest } from '../../operations/explore.ts';
import { createRouter } from '../context.ts';
import { answers } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { QuerySchema } from './listings.ts';

export const explore = createRouter();

const CountsSchema = z.array(z.object({ value: z.string(), count: z.int() }));
const FacetsSchema = z
  .object({
    facets: z.object(
      Object.fromEntries(facetNames.map((name) => [name, CountsSchema])) as {
        [name in (typeof facetNames)[number]]: typeof CountsSchema;
      },
    ),
    counted: z.int(),
    approximate: z.boolean().openapi({ description: 'True where more matched than were counted.' }),
  })
  .openapi('Facets');

const facetsRoute = createRoute({
  method: 'get',
  path: '/v1/facets',
  summary: 'Counts by tag, category, language, domain, kind and input type',
  request: { query: z.object({ q: QuerySchema.optional() }) },
  responses: answers(FacetsSchema, 'The counts.', 'invalid-query'),
});

explore.openapi(facetsRoute, async (context) => {
  const query = parseQuery(context.req.valid('query').q ?? '');
  if (isProblem(query)) return problemResponse(context, query) as never;
  return context.json(await facets(context.var.deps, query), 200);
});

const suggestionsMax = 20;
const prefixCharsMax = 100;
const prefixMessage = `expected a text of 1 to ${prefixCharsMax} characters`;
const SuggestionsSchema = z
  .object({
    items: z.array(z.object({ kind: z.enum(['tag', 'input', 'name']), text: z.string(), count: z.int() })),
  })
  .openapi('Suggestions');

const suggestRoute = createRoute({
  method: 'get',
  path: '/v1/suggest',
  summary: 'Completions of names, tags and inputs',
  request: {
    query: z.object({
      q: z
        .string(prefixMessage)
        .min(1, prefixMessage)
        .max(prefixCharsMax, prefixMessage)
        .regex(/^[^\p{Cc}]*$/u, prefixMessage)
        .openapi({ example: 'curr' }),
    }),
  },
  responses: answers(SuggestionsSchema, 'The completions, the most frequent first.', 'invalid-parameter'),
});

explore.openapi(suggestRoute, async (context) => {
  const items = await suggest(context.var.deps, context.req.valid('query').q, suggestionsMax);
  return context.json({ items }, 200);
});

const StatsSchema = z
  .object({
    listings: z.int(),
    agents: z.int(),
    domains: z.int(),
    online: z.int(),
    stale: z.int(),
    changes: z.int(),
    byKind: z.record(z.string(), z.int()),
  })
  .openapi('Stats');

const statsRoute = createRoute({
  method: 'get',
  path: '/v1/stats',
  summary: 'What is indexed, how fresh, how alive',
  responses: answers(StatsSchema, 'The figures.'),
});

explore.openapi(statsRoute, async (context) => context.json(await stats(context.var.deps), 200));
