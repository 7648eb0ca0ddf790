import { createRoute, z } from '@hono/zod-openapi';
import { matchLimits } from '../../market/match.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { type Query, queryLimits } from '../../market/query/ast.ts';
import { parseQueryJson } from '../../market/query/json.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { parseSort, sorts } from '../../market/query/sort.ts';
import { match } from '../../operations/match.ts';
import { pageSizeDefault, pageSizeMax, search } from '../../operations/search.ts';
import { showListing } from '../../operations/show.ts';
import { type AppContext, createRouter } from '../context.ts';
import { answers } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { ListingPageSchema, ListingSchema, MatchPageSchema } from '../schemas.ts';
import { hitJson, listingJson } from '../serialize.ts';

export const listings = createRouter();

const limitMessage = `expected a whole number from 1 to ${pageSizeMax}`;
const explainMessage = 'expected true or false';
export const QuerySchema = z.string(`expected a text of at most ${queryLimits.charsMax} characters`).openapi({
  description: 'The query language: words, "phrases", -word and qualifiers; see /docs',
  example: 'convert currency',
});
export const LimitSchema = z
  .string()
  .regex(/^\d{1,9}$/, limitMessage)
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= pageSizeMax, limitMessage)
  .optional()
  .openapi({ type: 'integer', minimum: 1, maximum: pageSizeMax, default: pageSizeDefault });
const SortSchema = z.string().openapi({ enum: [...sorts], default: 'relevance' });

const searchRoute = createRoute({
  method: 'get',
  path: '/v1/listings',
  summary: 'Search and browse listings',
  request: {
    query: z.object({
      q: QuerySchema.optional(),
      sort: SortSchema.optional(),
      limit: LimitSchema,
      cursor: z
        .string()
        .optional()
        .openapi({ description: 'The cursor of the last page of the same query.' }),
      explain: z
        .enum(['true', 'false'], explainMessage)
        .optional()
        .openapi({ description: 'Whether each hit names the shares of its score.' }),
    }),
  },
  responses: answers(
    ListingPageSchema,
    'A page of listings, best first.',
    'invalid-parameter',
    'invalid-query',
    'invalid-cursor',
  ),
});

listings.openapi(searchRoute, async (context) => {
  const { q, sort, limit, cursor, explain } = context.req.valid('query');
  return answerSearch(context, parseQuery(q ?? ''), { sort, limit, cursor, explain: explain === 'true' });
});

const searchBodyRoute = createRoute({
  method: 'post',
  path: '/v1/listings/search',
  summary: 'Search with a JSON query',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            q: z.unknown().optional().openapi({ type: 'string', description: 'As the parameter q.' }),
            filters: z.unknown().optional().openapi({
              type: 'object',
              description: 'By qualifier: a value, or values of which one must hold.',
            }),
            sort: z
              .string('expected the name of an order')
              .optional()
              .openapi({ enum: [...sorts], default: 'relevance' }),
            limit: z.int(limitMessage).min(1, limitMessage).max(pageSizeMax, limitMessage).optional(),
            cursor: z.string('expected a cursor').optional(),
            explain: z.boolean(explainMessage).optional(),
          }),
        },
      },
    },
  },
  responses: answers(
    ListingPageSchema,
    'A page of listings, best first.',
    'invalid-body',
    'invalid-parameter',
    'invalid-query',
    'invalid-cursor',
  ),
});

listings.openapi(searchBodyRoute, async (context) => {
  const { q, filters, sort, limit, cursor, explain } = context.req.valid('json');
  const query = parseQueryJson({
    ...(q !== undefined && { q }),
    ...(filters !== undefined && { filters }),
  } as Parameters<typeof parseQueryJson>[0]);
  return answerSearch(context, query, { sort, limit, cursor, explain: explain ?? false });
});

const namesMessage = `expected an object of 1 to ${matchLimits.namesMax} named values`;
const valueMessage = 'expected a text, a number, true or false, or a list of these';
const One = z.union([z.string().max(matchLimits.valueCharsMax), z.number(), z.boolean()], valueMessage);

const matchRoute = createRoute({
  method: 'post',
  path: '/v1/listings/match',
  summary: 'Which listings could be called with these inputs, and which lack just one',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            inputs: z
              .record(
                z.string().min(1).max(matchLimits.namesCharsMax),
                z.union([One, z.array(One)], valueMessage),
                namesMessage,
              )
              .refine((given) => Object.keys(given).length > 0, namesMessage)
              .refine((given) => Object.keys(given).length <= matchLimits.namesMax, namesMessage)
              .openapi({ example: { amount: 5, from: 'EUR', to: 'JPY' } }),
            limit: z.int(limitMessage).min(1, limitMessage).max(pageSizeMax, limitMessage).optional(),
          }),
        },
      },
    },
  },
  responses: answers(
    MatchPageSchema,
    'Listings that can be called first, then those that lack one input.',
    'invalid-body',
  ),
});

listings.openapi(matchRoute, async (context) => {
  const { inputs, limit } = context.req.valid('json');
  const { items, approximate } = await match(context.var.deps, inputs, limit ?? pageSizeDefault);
  const found = items.map(({ record, mapping, missing }) => ({ ...listingJson(record), mapping, missing }));
  return context.json({ items: found, cursor: null, approximate }, 200);
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/listings/{id}',
  summary: 'One listing whole',
  request: { params: z.object({ id: z.string() }) },
  responses: answers(ListingSchema, 'The listing.', 'listing-not-found'),
});

listings.openapi(showRoute, async (context) => {
  const found = await showListing(context.var.deps, context.req.valid('param').id);
  if (isProblem(found)) return problemResponse(context, found) as never;
  return context.json(listingJson(found), 200);
});

type Options = {
  sort: string | undefined;
  limit: number | undefined;
  cursor: string | undefined;
  explain: boolean;
};

async function answerSearch(context: AppContext, query: Query | Problem, options: Options) {
  const { limit = pageSizeDefault, cursor = null, explain } = options;
  if (isProblem(query)) return problemResponse(context, query) as never;
  const sort = parseSort(options.sort, query);
  if (isProblem(sort)) return problemResponse(context, sort) as never;
  const page = await search(context.var.deps, { query, sort, limit, cursor });
  if (isProblem(page)) return problemResponse(context, page) as never;
  if (page.cursor && context.req.method !== 'POST') {
    const next = new URL(context.req.url);
    next.searchParams.set('cursor', page.cursor);
    context.header('link', `<${next.href}>; rel="next"`);
  }
  const items = page.items.map((hit) => hitJson(hit, explain));
  return context.json({ items, cursor: page.cursor, approximate: page.approximate }, 200);
}
