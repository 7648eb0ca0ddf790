import { createRoute, z } from '@hono/zod-openapi';
import type { KeptRating } from '../../db/ratings.ts';
import { keyCharsMax } from '../../market/idempotency.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { changeRating, rate, replyToRating, withdrawRating } from '../../operations/ratings/rate.ts';
import {
  agentRatings,
  contractRatingsOf,
  listingRatings,
  type PublicRating,
  type RatingsPage,
} from '../../operations/ratings/show.ts';
import { pageSizeDefault } from '../../operations/search.ts';
import { bearer, byToken, tokenProblems } from '../bearer.ts';
import { createRouter } from '../context.ts';
import { contractExample } from '../contract-schemas.ts';
import type { AppContext } from '../env.ts';
import { linkNext } from '../link-next.ts';
import { answers, jsonBody, pages } from '../openapi.ts';
import { limitParameter, paging } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import {
  ContractRatingsSchema,
  GivenRatingSchema,
  RatingPageSchema,
  ReplySchema,
  type SingleRatingJson,
} from '../rating-schemas.ts';
import { IdSchema } from '../schemas.ts';
import { scoreJson } from '../serialize.ts';
import { addressCharsMax } from './seeds.ts';

const idMax = 100;
const params = z.object({
  id: z.string().openapi({
    description: 'The id of a contract.',
    maxLength: idMax,
    example: contractExample.id,
  }),
});
const headers = z.object({
  'idempotency-key': z.string().optional().openapi({
    description: 'The same key with the same request, within a day, does nothing again and gives the same.',
    maxLength: keyCharsMax,
    example: 'a7c1a6de-0f0e-4c1e-9df1-2d8f2f4b7a10',
  }),
});
const page = { limit: limitParameter('ratings'), cursor: z.string().optional().openapi(paging) };
const path = '/v1/contracts/{id}/rating';
const common = { tags: ['Trade'], security: byToken };

const listingRoute = createRoute({
  method: 'get',
  path: '/v1/listings/{id}/ratings',
  operationId: 'listingRatings',
  tags: ['Listings'],
  summary: 'What is said of a listing',
  description: 'The ratings of those who contracted it, the newest first, and what they add up to.',
  request: { params: z.object({ id: IdSchema }), query: z.object(page) },
  responses: pages(
    RatingPageSchema,
    'A page of ratings.',
    'listing-not-found',
    'invalid-parameter',
    'invalid-cursor',
  ),
});

const agentRoute = createRoute({
  method: 'get',
  path: '/v1/agents/{jid}/ratings',
  operationId: 'agentRatings',
  tags: ['Agents'],
  summary: 'What is said of an agent',
  description:
    'As a provider by those whom it worked for, or as a client by those who worked for it. Nothing is said of who left the directory.',
  request: {
    params: z.object({
      jid: z.string().openapi({
        description: 'The JID of the agent.',
        maxLength: addressCharsMax,
        example: 'fx@works.test',
      }),
    }),
    query: z.object({
      side: z
        .enum(['provider', 'client'], 'expected provider or client')
        .optional()
        .openapi({ description: 'In which side it was rated.', default: 'provider', example: 'provider' }),
      ...page,
    }),
  },
  responses: pages(RatingPageSchema, 'A page of ratings.', 'invalid-parameter', 'invalid-cursor'),
});

const showRoute = createRoute({
  ...common,
  method: 'get',
  path,
  operationId: 'showRatings',
  summary: 'What the two sides of a contract say of each other',
  description: '`open` says what you can do now: rate, change, withdraw, reply.',
  request: { params },
  responses: answers(ContractRatingsSchema, 'The ratings.', ...tokenProblems, 'contract-not-found'),
});

const writeProblems = [
  ...tokenProblems,
  'contract-not-found',
  'rating-not-open',
  'rating-not-found',
] as const;
const wordProblems = ['invalid-body', 'body-too-large'] as const;

const rateRoute = createRoute({
  ...common,
  method: 'post',
  path,
  operationId: 'rateContract',
  summary: 'Rate the other side of a contract',
  description:
    "Once, when it is completed, resolved, or failed by the other side's doing. Everybody is shown the rating, with the domain of who gave it.",
  request: { headers, params, body: jsonBody(GivenRatingSchema) },
  responses: answers(
    ContractRatingsSchema,
    'The ratings, with yours.',
    ...tokenProblems,
    ...wordProblems,
    'contract-not-found',
    'rating-not-open',
    'invalid-parameter',
    'key-reused',
  ),
});

const changeRoute = createRoute({
  ...common,
  method: 'put',
  path,
  operationId: 'changeRating',
  summary: 'Change what you said of the other side',
  description: 'For some days. It stays as old as it was.',
  request: { params, body: jsonBody(GivenRatingSchema) },
  responses: answers(ContractRatingsSchema, 'The ratings, with yours.', ...writeProblems, ...wordProblems),
});

const withdrawRoute = createRoute({
  ...common,
  method: 'delete',
  path,
  operationId: 'withdrawRating',
  summary: 'Take back what you said of the other side',
  description: 'For good: it is kept as withdrawn, says nothing any more, and there is no other.',
  request: { params },
  responses: answers(ContractRatingsSchema, 'The ratings, with yours.', ...writeProblems),
});

const replyRoute = createRoute({
  ...common,
  method: 'post',
  path: `${path}/reply`,
  operationId: 'replyToRating',
  summary: 'Answer what the other side said of you',
  description: 'Once. Everybody is shown the answer below the rating.',
  request: { headers, params, body: jsonBody(ReplySchema) },
  responses: answers(
    ContractRatingsSchema,
    'The ratings, with your answer.',
    ...writeProblems,
    ...wordProblems,
    'invalid-parameter',
    'key-reused',
  ),
});

export const ratings = createRouter()
  .openapi(listingRoute, async (context) => {
    const { limit = pageSizeDefault, cursor = null } = context.req.valid('query');
    const { id } = context.req.valid('param');
    const found = await listingRatings(context.var.deps, id, { limit, cursor });
    if (isProblem(found)) return problemResponse(context, found) as never;
    return context.json(pageJson(context, found), 200);
  })
  .openapi(agentRoute, async (context) => {
    const { side = 'provider', limit = pageSizeDefault, cursor = null } = context.req.valid('query');
    const { jid } = context.req.valid('param');
    const found = await agentRatings(context.var.deps, jid, side, { limit, cursor });
    if (isProblem(found)) return problemResponse(context, found) as never;
    return context.json(pageJson(context, found), 200);
  })
  .openapi(showRoute, async (context) => {
    const who = await bearer(context, 'read');
    if (who instanceof Response) return who as never;
    return shown(context, who.caller, context.req.valid('param').id);
  })
  .openapi(rateRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { id } = context.req.valid('param');
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    const given = context.req.valid('json');
    return shown(context, who.caller, id, await rate(context.var.deps, who.caller, id, given, key));
  })
  .openapi(changeRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { id } = context.req.valid('param');
    const given = context.req.valid('json');
    return shown(context, who.caller, id, await changeRating(context.var.deps, who.caller, id, given));
  })
  .openapi(withdrawRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { id } = context.req.valid('param');
    return shown(context, who.caller, id, await withdrawRating(context.var.deps, who.caller, id));
  })
  .openapi(replyRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { id } = context.req.valid('param');
    const { text } = context.req.valid('json');
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    return shown(context, who.caller, id, await replyToRating(context.var.deps, who.caller, id, text, key));
  });

/** What both sides say now, unless what was asked was refused. */
async function shown(
  context: AppContext,
  caller: Parameters<typeof contractRatingsOf>[1],
  id: string,
  outcome: object | Problem | null = null,
) {
  if (isProblem(outcome)) return problemResponse(context, outcome) as never;
  const own = await contractRatingsOf(context.var.deps, caller, id);
  if (isProblem(own)) return problemResponse(context, own) as never;
  const { given, received, open } = own;
  return context.json(
    { contract: id, given: given && ratingJson(given), received: received && ratingJson(received), open },
    200,
  );
}

function pageJson(context: AppContext, { score, items, cursor }: RatingsPage) {
  linkNext(context, cursor);
  return {
    rating: score && scoreJson(score),
    items: items.map((item) => ({ ...ratingJson(item), domain: item.domain })),
    cursor,
    approximate: false as const,
  };
}

function ratingJson(rating: Omit<PublicRating, 'domain'> | KeptRating): SingleRatingJson {
  const { score, aspects, text, at, changed, withdrawn, reply, isPaid, listing } = rating;
  return {
    score,
    correct: aspects.correct ?? null,
    onTime: aspects.onTime ?? null,
    asDescribed: aspects.asDescribed ?? null,
    text,
    at: at.toISOString(),
    changed: changed?.toISOString() ?? null,
    withdrawn: withdrawn?.toISOString() ?? null,
    reply: reply && { text: reply.text, at: reply.at.toISOString() },
    isPaid,
    listing,
  };
}
