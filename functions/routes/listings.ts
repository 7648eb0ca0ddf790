import { createRoute, z } from '@hono/zod-openapi';
import { matchLimits } from '../../market/match.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { type Query, queryLimits } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseQueryJson } from '../../market/query/json.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { parseSort, sorts } from '../../market/query/sort.ts';
import { match } from '../../operations/match.ts';
import { pageSizeDefault, pageSizeMax, search } from '../../operations/search.ts';
import { showListing } from '../../operations/show.ts';
import { createRouter } from '../context.ts';
import type { AppContext } from '../env.ts';
import { linkNext } from '../link-next.ts';
import { answers, jsonBody, pages, reads } from '../openapi.ts';
import { limitMessage, limitParameter, paging, QuerySchema } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import { IdSchema, ListingPageSchema, ListingSchema, MatchPageSchema } from '../schemas.ts';
import { hitJson, listingJson } from '../serialize.ts';

const limitFault = limitMessage(pageSizeMax);
const explainMessage = 'expected true or false';
const LimitMember = z
  .int(limitFault)
  .min(1, limitFault)
  .max(pageSizeMax, limitFault)
  .optional()
  .openapi({ description: `At most so many listings; ${pageSizeDefault} where it is left out.` });

const sorting = {
  description:
    'The order. `distance` needs `near:` in the query, `price` needs `currency:`; without words, `relevance` is quality.',
  enum: [...sorts],
  example: 'relevance',
};
const explaining = { description: 'Whether each hit names the shares of its score.', example: true };

const searchRoute = createRoute({
  method: 'get',
  path: '/v1/listings',
  operationId: 'searchListings',
  tags: ['Listings'],
  summary: 'Search and browse listings',
  description:
    'Without a query, everything, the best first. Words that nothing has are mended for typing errors.',
  request: {
    query: z.object({
      q: QuerySchema.optional(),
      sort: z
        .string()
        .openapi({ ...sorting, default: 'relevance' })
        .optional(),
      limit: limitParameter('listings'),
      cursor: z.string().optional().openapi(paging),
      explain: z
        .enum(['true', 'false'], explainMessage)
        .optional()
        .openapi({ ...explaining, example: 'true' }),
    }),
  },
  responses: pages(
    ListingPageSchema,
    'A page of listings, best first.',
    'invalid-parameter',
    'invalid-query',
    'invalid-cursor',
  ),
});

const searchBodyRoute = createRoute({
  method: 'post',
  path: '/v1/listings/search',
  operationId: 'searchListingsByBody',
  tags: ['Listings'],
  summary: 'Search with a JSON query',
  description: 'The search of `GET /v1/listings`, for queries that a program puts together.',
  request: {
    body: jsonBody(
      z
        .strictObject({
          q: z.unknown().optional().openapi({
            type: 'string',
            description: 'As the parameter q.',
            maxLength: queryLimits.charsMax,
          }),
          filters: z.unknown().optional().openapi({
            type: 'object',
            description: 'By qualifier: a value, or values of which one must hold.',
          }),
          sort: z.string('expected the name of an order').optional().openapi(sorting),
          limit: LimitMember,
          cursor: z.string('expected a cursor').optional().openapi(paging),
          explain: z.boolean(explainMessage).optional().openapi(explaining),
        })
        .openapi('ListingQuery', {
          description: 'Words and qualifiers, all of which must hold.',
          example: {
            q: 'convert',
            filters: { tag: ['currency', 'units'], price: '<=1', currency: 'EUR' },
          },
        }),
    ),
  },
  responses: answers(
    ListingPageSchema,
    'A page of listings, best first.',
    'invalid-body',
    'body-too-large',
    'invalid-parameter',
    'invalid-query',
    'invalid-cursor',
  ),
});

const namesMessage = `expected an object of 1 to ${matchLimits.namesMax} named values`;
const valueMessage = 'expected a text, a number, true or false, or a list of these';
const One = z.union([z.string().max(matchLimits.valueCharsMax), z.number(), z.boolean()], valueMessage);

const matchRoute = createRoute({
  method: 'post',
  path: '/v1/listings/match',
  operationId: 'matchListings',
  tags: ['Listings'],
  summary: 'Which listings could be called with these inputs, and which lack just one',
  description: 'Names are compared by what they mean, values by the type of the input.',
  request: {
    body: jsonBody(
      z
        .strictObject({
          inputs: z
            .record(
              z.string().min(1).max(matchLimits.namesCharsMax),
              z.union([One, z.array(One)], valueMessage),
              namesMessage,
            )
            .refine((given) => Object.keys(given).length > 0, namesMessage)
            .refine((given) => Object.keys(given).length <= matchLimits.namesMax, namesMessage)
            .openapi({
              description: 'What there is, by name.',
              minProperties: 1,
              maxProperties: matchLimits.namesMax,
            }),
          limit: LimitMember,
        })
        .openapi('MatchRequest', {
          description: 'Values that something should be made of.',
          example: { inputs: { amount: 5, from: 'EUR', to: 'JPY' } },
        }),
    ),
  },
  responses: answers(
    MatchPageSchema,
    'Listings that can be called first, then those that lack one input.',
    'invalid-body',
    'body-too-large',
  ),
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/listings/{id}',
  operationId: 'showListing',
  tags: ['Listings'],
  summary: 'One listing whole',
  description: 'With the JSON Schema of its inputs, and how it is called.',
  request: { params: z.object({ id: IdSchema }) },
  responses: reads(ListingSchema, 'The listing.', 'listing-not-found'),
});

export const listings = createRouter()
  .openapi(searchRoute, async (context) => {
    const { q, sort, limit, cursor, explain } = context.req.valid('query');
    return answerSearch(context, parseQuery(q ?? ''), { sort, limit, cursor, explain: explain === 'true' });
  })
  .openapi(searchBodyRoute, async (context) => {
    const { q, filters, sort, limit, cursor, explain } = context.req.valid('json');
    const query = parseQueryJson({
      ...(q !== undefined && { q }),
      ...(filters !== undefined && { filters }),
    } as Parameters<typeof parseQueryJson>[0]);
    return answerSearch(context, query, { sort, limit, cursor, explain: explain ?? false });
  })
  .openapi(matchRoute, async (context) => {
    const { inputs, limit } = context.req.valid('json');
    const { items, approximate } = await match(context.var.deps, inputs, limit ?? pageSizeDefault);
    const found = items.map(({ record, mapping, missing }) => ({ ...listingJson(record), mapping, missing }));
    return context.json({ items: found, cursor: null, approximate }, 200);
  })
  .openapi(showRoute, async (context) => {
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
  linkNext(context, page.cursor);
  const items = page.items.map((hit) => hitJson(hit, explain));
  const { approximate, partial } = page;
  const mended = page.mended && formatQuery(page.mended);
  return context.json({ items, cursor: page.cursor, approximate, mended, partial }, 200);
}
