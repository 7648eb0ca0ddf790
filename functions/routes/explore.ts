import { createRoute, z } from '@hono/zod-openapi';
import { facetNames } from '../../db/facets.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { facets, stats, suggest } from '../../operations/explore.ts';
import { createRouter } from '../context.ts';
import { reads } from '../openapi.ts';
import { QuerySchema } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';

const CountsSchema = z
  .array(
    z.object({
      value: z.string().describe('The value.'),
      count: z.int().describe('How many listings have it.'),
    }),
  )
  .describe('The most frequent first.');

const FacetsSchema = z
  .object({
    facets: z
      .object(
        Object.fromEntries(facetNames.map((name) => [name, CountsSchema])) as {
          [name in (typeof facetNames)[number]]: typeof CountsSchema;
        },
      )
      .describe('By qualifier: values, and how many of what was counted have each.'),
    counted: z.int().describe('How many listings were counted.'),
    approximate: z.boolean().describe('True where more matched than were counted.'),
  })
  .openapi('Facets', {
    description: 'Counts over what a query matches.',
    example: {
      facets: Object.fromEntries(
        facetNames.map((name) => [name, name === 'tag' ? [{ value: 'currency', count: 3 }] : []]),
      ),
      counted: 3,
      approximate: false,
    },
  });

const facetsRoute = createRoute({
  method: 'get',
  path: '/v1/facets',
  operationId: 'countFacets',
  tags: ['Overview'],
  summary: 'Counts by tag, category, language, domain, kind and input type',
  description: 'Over what the query matches; over the whole directory without one.',
  request: { query: z.object({ q: QuerySchema.optional() }) },
  responses: reads(FacetsSchema, 'The counts.', 'invalid-parameter', 'invalid-query'),
});

const suggestionsMax = 20;
const prefixCharsMax = 100;
const prefixMessage = `expected a text of 1 to ${prefixCharsMax} characters`;
const SuggestionsSchema = z
  .object({
    items: z
      .array(
        z.object({
          kind: z.enum(['tag', 'input', 'name']).describe('What the text is.'),
          text: z.string().describe('The completion.'),
          count: z.int().describe('How many listings have it.'),
        }),
      )
      .describe('The most frequent first.'),
  })
  .openapi('Suggestions', {
    description: 'What a beginning may become.',
    example: { items: [{ kind: 'tag', text: 'currency', count: 3 }] },
  });

const suggestRoute = createRoute({
  method: 'get',
  path: '/v1/suggest',
  operationId: 'suggest',
  tags: ['Overview'],
  summary: 'Completions of names, tags and inputs',
  description: `At most ${suggestionsMax}, for who is typing a query.`,
  request: {
    query: z.object({
      q: z
        .string(prefixMessage)
        .min(1, prefixMessage)
        .max(prefixCharsMax, prefixMessage)
        .regex(/^[^\p{Cc}]*$/u, prefixMessage)
        // The same without the classes of Unicode, which not every tool reads.
        .openapi({
          description: 'The beginning of a word, without control characters.',
          pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
          example: 'curr',
        }),
    }),
  },
  responses: reads(SuggestionsSchema, 'The completions, the most frequent first.', 'invalid-parameter'),
});

const StatsSchema = z
  .object({
    listings: z.int().describe('Listings in the index.'),
    agents: z.int().describe('Agents that offer them.'),
    domains: z.int().describe('Domains of these agents.'),
    online: z.int().describe('Agents that are there now.'),
    stale: z.int().describe('Listings that were not verified of late.'),
    changes: z.int().describe('Changes so far.'),
    byKind: z.record(z.string(), z.int()).describe('Listings by kind.'),
  })
  .openapi('Stats', {
    description: 'Figures of the whole directory.',
    example: {
      listings: 40,
      agents: 32,
      domains: 2,
      online: 30,
      stale: 0,
      changes: 4711,
      byKind: { command: 34, tool: 6 },
    },
  });

const statsRoute = createRoute({
  method: 'get',
  path: '/v1/stats',
  operationId: 'showStats',
  tags: ['Overview'],
  summary: 'What is indexed, how fresh, how alive',
  description: 'Figures of the whole directory.',
  responses: reads(StatsSchema, 'The figures.'),
});

export const explore = createRouter()
  .openapi(facetsRoute, async (context) => {
    const query = parseQuery(context.req.valid('query').q ?? '');
    if (isProblem(query)) return problemResponse(context, query) as never;
    return context.json(await facets(context.var.deps, query), 200);
  })
  .openapi(suggestRoute, async (context) => {
    const items = await suggest(context.var.deps, context.req.valid('query').q, suggestionsMax);
    return context.json({ items }, 200);
  })
  .openapi(statsRoute, async (context) => context.json(await stats(context.var.deps), 200));
