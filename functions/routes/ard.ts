/** Search, list and entries of Agentic Resource Discovery (ARD, v0.9 draft): https://github.com/ards-project/ard-spec */

import { createRoute, z } from '@hono/zod-openapi';
import { type CatalogEntry, entryOf } from '../../market/ard/entry.ts';
import { expressionLimits } from '../../market/ard/expression.ts';
import { parseList, parseOrder } from '../../market/ard/list.ts';
import { parseCatalogQuery } from '../../market/ard/query.ts';
import { cursorCharsMax } from '../../market/cursor.ts';
import { isProblem } from '../../market/problem.ts';
import { relevanceOf } from '../../market/ranking.ts';
import { browse, showEntry } from '../../operations/catalog.ts';
import { pageSizeMax } from '../../operations/search.ts';
import { addressOf } from '../address.ts';
import {
  ardAnswers,
  ardReads,
  CatalogEntrySchema,
  FilterSchema,
  IdentifierSchema,
  ListResponseSchema,
  SearchResponseSchema,
  TextSchema,
} from '../ard-schemas.ts';
import { createRouter } from '../context.ts';
import { jsonBody } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import type { Referral } from '../referrals.ts';

const searchPageSizeDefault = 10;
const listPageSizeDefault = 20;
const sizeMessage = `expected a whole number from 1 to ${pageSizeMax}`;
const PageSize = z.int(sizeMessage).min(1, sizeMessage).max(pageSizeMax, sizeMessage);
const PageToken = z.string('expected the token of a page').openapi({
  description: 'The token of the last page of the same query.',
  maxLength: cursorCharsMax,
  example: 'WyJ4IiwieSIsInoiXQ',
});
type Asked = Parameters<typeof parseCatalogQuery>[0];
const federations = ['auto', 'referrals', 'none'] as const;

const searchRoute = createRoute({
  method: 'post',
  path: '/ard/search',
  operationId: 'searchEntries',
  tags: ['ARD'],
  summary: 'Entries that fit a need, best first',
  description: 'The search behind `/v1/listings`, as ARD v0.9 has it (§7.2).',
  request: {
    body: jsonBody(
      z
        .strictObject({
          query: z
            .strictObject({ text: TextSchema, filter: FilterSchema.optional() })
            .describe('A need in words, and what must hold besides.'),
          federation: z
            .enum(federations, `expected one of ${federations.join(', ')}`)
            .optional()
            .openapi({
              description:
                'Other registries are never asked; unless `none`, the answer refers to them. `auto` where it is left out.',
            }),
          pageSize: PageSize.optional().openapi({
            description: `At most so many entries; ${searchPageSizeDefault} where it is left out.`,
          }),
          pageToken: PageToken.optional(),
        })
        .openapi('SearchRequest', {
          example: {
            query: { text: 'find me an agent that converts currencies', filter: { tags: ['finance'] } },
            pageSize: 5,
          },
        }),
    ),
  },
  responses: ardAnswers(
    SearchResponseSchema,
    'A page of entries.',
    'invalid-body',
    'body-too-large',
    'invalid-query',
    'invalid-cursor',
  ),
});

const listRoute = createRoute({
  method: 'get',
  path: '/ard/agents',
  operationId: 'listEntries',
  tags: ['ARD'],
  summary: 'Browse the entries in a fixed order',
  description: 'Everything, page by page; the filter narrows it (ARD v0.9 §7.4).',
  request: {
    query: z.object({
      filter: z.string().optional().openapi({
        description:
          'Constraints joined by AND: `displayName`, `type`, `publisherId`, `createdAfter`, `updatedAfter`, or a path of the filter of search, each with = and a value.',
        maxLength: expressionLimits.charsMax,
        example: "publisherId = 'works.test' AND updatedAfter > '2026-11-01'",
      }),
      orderBy: z
        .string()
        .optional()
        .openapi({
          description: 'The order.',
          enum: ['displayName', 'updatedAt DESC'],
          default: 'displayName',
          example: 'updatedAt DESC',
        }),
      pageSize: z
        .string()
        .regex(/^\d{1,9}$/, sizeMessage)
        .transform(Number)
        .refine((size) => size >= 1 && size <= pageSizeMax, sizeMessage)
        .optional()
        .openapi({
          description: 'At most so many entries.',
          type: 'integer',
          minimum: 1,
          maximum: pageSizeMax,
          default: listPageSizeDefault,
          example: 10,
        }),
      pageToken: PageToken.optional(),
    }),
  },
  responses: ardReads(
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
  operationId: 'showEntry',
  tags: ['ARD'],
  summary: 'One entry',
  description: 'A listing, or the card that its agent states of it.',
  request: { params: z.object({ identifier: IdentifierSchema }) },
  responses: ardReads(CatalogEntrySchema, 'The entry.', 'listing-not-found'),
});

/** @param options `referrals` are the registries that the operator names */
export function createArd({ referrals }: { referrals: Referral[] }) {
  return createRouter()
    .openapi(searchRoute, async (context) => {
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
      const { origin } = addressOf(context);
      const results = page.entries.map(({ record, type, why }) => ({
        ...entryOf(record, type, origin),
        score: Math.round(relevanceOf(why, query.query) * 100),
        source: baseOf(origin),
      }));
      const further = federation === 'none' || referrals.length === 0 ? {} : { referrals };
      return context.json({ results, ...further, ...tokenJson(page.token) }, 200);
    })
    .openapi(listRoute, async (context) => {
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
      const { origin } = addressOf(context);
      const items = page.entries.map(({ record, type }) => entryOf(record, type, origin));
      return context.json({ items, ...tokenJson(page.token) }, 200);
    })
    .openapi(showRoute, async (context) => {
      const found = await showEntry(context.var.deps, context.req.valid('param').identifier);
      if (isProblem(found)) return problemResponse(context, found) as never;
      const entry: CatalogEntry = entryOf(found.record, found.type, addressOf(context).origin);
      return context.json(entry, 200);
    });
}

/** The base address of the registry's interface. */
export function baseOf(origin: string): string {
  return `${origin}/ard/`;
}

function tokenJson(pageToken: string | null) {
  return pageToken === null ? {} : { pageToken };
}
