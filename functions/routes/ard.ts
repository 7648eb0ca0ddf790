/** Search, list and entries of Agentic Resource Discovery (ARD, v0.9 draft): https://github.com/ards-project/ard-spec */

import { createRoute, z } from '@hono/zod-openapi';
import { type CatalogEntry, entryOf } from '../../market/ard/entry.ts';
import { parseList, parseOrder } from '../../market/ard/list.ts';
import { parseCatalogQuery } from '../../market/ard/query.ts';
import { isProblem } from '../../market/problem.ts';
import { relevanceOf } from '../../market/ranking.ts';
import { browse, showEntry } from '../../operations/catalog.ts';
import { pageSizeMax } from '../../operations/search.ts';
import {
  ardAnswers,
  CatalogEntrySchema,
  FilterSchema,
  IdentifierSchema,
  ListResponseSchema,
  SearchResponseSchema,
  TextSchema,
} from '../ard-schemas.ts';
import { createRouter } from '../context.ts';
import { problemResponse } from '../problem-response.ts';
import type { Referral } from '../referrals.ts';

const searchPageSizeDefault = 10;
const listPageSizeDefault = 20;
const sizeMessage = `expected a whole number from 1 to ${pageSizeMax}`;
const PageSize = z.int(sizeMessage).min(1, sizeMessage).max(pageSizeMax, sizeMessage);
const PageToken = z
  .string('expected the token of a page')
  .openapi({ description: 'The token of the last page of the same query.' });
type Asked = Parameters<typeof parseCatalogQuery>[0];
const federations = ['auto', 'referrals', 'none'] as const;

const searchRoute = createRoute({
  method: 'post',
  path: '/ard/search',
  summary: 'Entries that fit a need, best first',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              query: z.strictObject({ text: TextSchema, filter: FilterSchema.optional() }),
              federation: z
                .enum(federations, `expected one of ${federations.join(', ')}`)
                .optional()
                .openapi({
                  default: 'auto',
                  description: 'Other registries are never asked; unless `none`, the answer refers to them.',
                }),
              pageSize: PageSize.optional().openapi({ default: searchPageSizeDefault }),
              pageToken: PageToken.optional(),
            })
            .openapi('SearchRequest'),
        },
      },
    },
  },
  responses: ardAnswers(
    SearchResponseSchema,
    'A page of entries.',
    'invalid-body',
    'invalid-query',
    'invalid-cursor',
  ),
});

const listRoute = createRoute({
  method: 'get',
  path: '/ard/agents',
  summary: 'Browse the entries in a fixed order',
  request: {
    query: z.object({
      filter: z.string().optional().openapi({
        description:
          'Constraints joined by AND: `displayName`, `type`, `publisherId`, `createdAfter`, `updatedAfter`, or a path of the filter of search, each with = and a value.',
        example: "publisherId = 'works.test' AND updatedAfter > '2026-11-01'",
      }),
      orderBy: z
        .string()
        .optional()
        .openapi({ description: 'displayName, or updatedAt DESC.', default: 'displayName' }),
      pageSize: z
        .string()
        .regex(/^\d{1,9}$/, sizeMessage)
        .transform(Number)
        .refine((size) => size >= 1 && size <= pageSizeMax, sizeMessage)
        .optional()
        .openapi({ type: 'integer', minimum: 1, maximum: pageSizeMax, default: listPageSizeDefault }),
      pageToken: PageToken.optional(),
    }),
  },
  responses: ardAnswers(
    ListResponseSchema,
    'A page of entries.',
    'invalid-parameter',
    'invalid-query',
    'invalid-cursor',
  ),
});

const showRoute = createRoute({
  method: 'get',
  path: '/ard/agents/{identifier}',
  summary: 'One entry',
  request: { params: z.object({ identifier: IdentifierSchema }) },
  responses: ardAnswers(CatalogEntrySchema, 'The entry.', 'listing-not-found'),
});

/** @param options `referrals` are the registries that the operator names */
export function createArd({ referrals }: { referrals: Referral[] }) {
  const ard = createRouter();

  ard.openapi(searchRoute, async (context) => {
    const { query: asked, federation, pageSize, pageToken } = context.req.valid('json');
    const query = parseCatalogQuery(asked as Asked);
    if (isProblem(query)) return problemResponse(context, query) as never;
    const page = await browse(context.var.deps, {
      ...query,
      sort: 'relevance',
      pageSize: pageSize ?? searchPageSizeDefault,
      token: pageToken ?? null,
    });
    if (isProblem(page)) return problemResponse(context, page) as never;
    const { origin } = new URL(context.req.url);
    const results = page.entries.map(({ record, type, why }) => ({
      ...entryOf(record, type, origin),
      score: Math.round(relevanceOf(why, query.query) * 100),
      source: baseOf(origin),
    }));
    const further = federation === 'none' || referrals.length === 0 ? {} : { referrals };
    return context.json({ results, ...further, ...tokenJson(page.token) }, 200);
  });

  ard.openapi(listRoute, async (context) => {
    const { filter, orderBy, pageSize, pageToken } = context.req.valid('query');
    const asked = parseList(filter ?? '');
    if (isProblem(asked)) return problemResponse(context, asked) as never;
    const sort = parseOrder(orderBy);
    if (isProblem(sort)) return problemResponse(context, sort) as never;
    const page = await browse(context.var.deps, {
      ...asked,
      sort,
      pageSize: pageSize ?? listPageSizeDefault,
      token: pageToken ?? null,
    });
    if (isProblem(page)) return problemResponse(context, page) as never;
    const { origin } = new URL(context.req.url);
    const items = page.entries.map(({ record, type }) => entryOf(record, type, origin));
    return context.json({ items, ...tokenJson(page.token) }, 200);
  });

  ard.openapi(showRoute, async (context) => {
    const found = await showEntry(context.var.deps, context.req.valid('param').identifier);
    if (isProblem(found)) return problemResponse(context, found) as never;
    const entry: CatalogEntry = entryOf(found.record, found.type, new URL(context.req.url).origin);
    return context.json(entry, 200);
  });
  return ard;
}

/** The base address of the registry's interface. */
export function baseOf(origin: string): string {
  return `${origin}/ard/`;
}

function tokenJson(pageToken: string | null) {
  return pageToken === null ? {} : { pageToken };
}
