import { createRoute, z } from '@hono/zod-openapi';
import { isProblem, type Problem } from '../../market/problem.ts';
import { parseQuery, type Query, queryLimits } from '../../market/query.ts';
import { pageSizeDefault, pageSizeMax, search } from '../../operations/search.ts';
import { showListing } from '../../operations/show.ts';
import { type AppContext, createRouter } from '../context.ts';
import { answers } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { ListingPageSchema, ListingSchema } from '../schemas.ts';
import { hitJson, listingJson } from '../serialize.ts';

export const listings = createRouter();

const limitMessage = `expected a whole number from 1 to ${pageSizeMax}`;
const QuerySchema = z.string(`expected a text of at most ${queryLimits.charsMax} characters`).openapi({
  description: 'The query language: words, "phrases", -word, tag:, domain:',
  example: 'convert currency',
});

const searchRoute = createRoute({
  method: 'get',
  path: '/v1/listings',
  summary: 'Search and browse listings',
  request: {
    query: z.object({
      q: QuerySchema.optional(),
      limit: z
        .string()
        .regex(/^\d{1,9}$/, limitMessage)
        .transform(Number)
        .refine((limit) => limit >= 1 && limit <= pageSizeMax, limitMessage)
        .optional()
        .openapi({ type: 'integer', minimum: 1, maximum: pageSizeMax, default: pageSizeDefault }),
      cursor: z
        .string()
        .optional()
        .openapi({ description: 'The cursor of the last page of the same query.' }),
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
  const { q, limit, cursor } = context.req.valid('query');
  return answerSearch(context, parseQuery(q ?? ''), limit ?? pageSizeDefault, cursor ?? null);
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
            q: QuerySchema.optional(),
            limit: z.int(limitMessage).min(1, limitMessage).max(pageSizeMax, limitMessage).optional(),
            cursor: z.string().optional(),
          }),
        },
      },
    },
  },
  responses: answers(
    ListingPageSchema,
    'A page of listings, best first.',
    'invalid-body',
    'invalid-query',
    'invalid-cursor',
  ),
});

listings.openapi(searchBodyRoute, async (context) => {
  const { q, limit, cursor } = context.req.valid('json');
  return answerSearch(context, parseQuery(q ?? ''), limit ?? pageSizeDefault, cursor ?? null);
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

async function answerSearch(
  context: AppContext,
  query: Query | Problem,
  limit: number,
  cursor: string | null,
) {
  const page = isProblem(query) ? query : await search(context.var.deps, { query, limit, cursor });
  if (isProblem(page)) return problemResponse(context, page) as never;
  if (page.cursor && context.req.method === 'GET') {
    const next = new URL(context.req.url);
    next.searchParams.set('cursor', page.cursor);
    context.header('link', `<${next.href}>; rel="next"`);
  }
  const items = page.items.map(({ record, score }) => hitJson(record, score));
  return context.json({ items, cursor: page.cursor, approximate: page.approximate }, 200);
}
