import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isProblem, type Problem } from '../../market/problem.ts';
import { queryLimits } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { notTaken, readTime } from '../../market/request/proposal.ts';
import { requestStates } from '../../market/request/states.ts';
import { type Waits, waitLimits } from '../../operations/contracts/wait.ts';
import { openRequest, type RequestWish } from '../../operations/requests/open.ts';
import { browseRequests, showRequest, waitForRequest } from '../../operations/requests/show.ts';
import { pageSizeDefault } from '../../operations/search.ts';
import { bearer, byToken, tokenProblems } from '../bearer.ts';
import { createRouter } from '../context.ts';
import { linkNext } from '../link-next.ts';
import { answers, headed, jsonBody, refusals } from '../openapi.ts';
import { limitParameter, paging } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import { requestJson, requestSummaryJson } from '../request-json.ts';
import {
  requestHeaders as headers,
  requestParams as params,
  requestTime as time,
} from '../request-parameters.ts';
import { BudgetSchema, RequestPageSchema, RequestSchema, requestExample } from '../request-schemas.ts';

const waitMessage = `expected a whole number from 0 to ${waitLimits.secondsMax}`;
const wait = z
  .string()
  .regex(/^\d{1,3}$/, waitMessage)
  .transform(Number)
  .refine((seconds) => seconds <= waitLimits.secondsMax, waitMessage)
  .optional()
  .openapi({
    description:
      'So many seconds the answer may take: for its client until all have answered or it is no longer open, for a provider until it has ended.',
    type: 'integer',
    minimum: 0,
    maximum: waitLimits.secondsMax,
    default: 0,
    example: 0,
  });
const Values = z.record(z.string(), z.unknown(), 'expected an object of named values');
type Values = { [name: string]: never };
const listingsMessage = `expected 1 to ${requestLimits.listingsMax} ids of listings`;
const maxMessage = `expected a whole number from 1 to ${requestLimits.askedMax}`;
const callRoute = createRoute({
  method: 'post',
  path: '/v1/requests',
  operationId: 'callForProposals',
  tags: ['Trade'],
  security: byToken,
  summary: 'Call for proposals',
  description:
    'The directory tells providers whose listings match: each once, at most `max`, only those that registered, subscribed, or state relay=allow. They propose until the deadline; nobody but you sees what.',
  request: {
    headers,
    body: jsonBody(
      z
        .strictObject({
          query: z
            .string(`expected a text of at most ${queryLimits.charsMax} characters`)
            .optional()
            .describe('What the providers are found by, as `q` of a search. Either this or `listings`.'),
          listings: z
            .array(z.string(listingsMessage).max(1_000, listingsMessage), listingsMessage)
            .min(1, listingsMessage)
            .max(requestLimits.listingsMax, listingsMessage)
            .optional()
            .describe('The ids of the listings whose providers are asked.'),
          need: z.string('expected what is needed, in words').describe('What is needed, in words.'),
          input: Values.optional().describe('What there is to work with, by name.'),
          budget: BudgetSchema.optional(),
          deadline: time.describe('Until when proposals are taken, in RFC 3339.'),
          max: z
            .int(maxMessage)
            .min(1, maxMessage)
            .max(requestLimits.askedMax, maxMessage)
            .optional()
            .openapi({
              description: `Providers that are asked at most; ${requestLimits.askedDefault} where it is left out.`,
            }),
        })
        .openapi('CallForProposals', {
          description: 'What is needed, and who is to be asked.',
          example: {
            ...{ query: requestExample.query, need: requestExample.need, input: requestExample.input },
            ...{ budget: requestExample.budget, deadline: '2026-11-20T11:00:00Z', max: 5 },
          },
        }),
    ),
  },
  responses: {
    ...refusals(
      ...tokenProblems,
      'invalid-parameter',
      'invalid-body',
      'invalid-query',
      'body-too-large',
      'input-refused',
      'nobody-to-ask',
      'limit-reached',
      'key-reused',
      'request-not-found',
    ),
    201: {
      description: 'The call.',
      headers: {
        ...headed(),
        Location: {
          description: 'Where the call is shown.',
          schema: { type: 'string' as const },
          example: `/v1/requests/${requestExample.id}`,
        },
      },
      content: { 'application/json': { schema: RequestSchema } },
    },
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/requests',
  operationId: 'listRequests',
  tags: ['Trade'],
  security: byToken,
  summary: 'Your calls for proposals and those in which you are asked, the youngest first',
  description: 'What the bearer of the token made, and where it is asked.',
  request: {
    query: z.object({
      side: z
        .enum(['client', 'provider'], 'expected client or provider')
        .optional()
        .openapi({ description: 'Only those in which you are this side.', example: 'client' }),
      state: z
        .enum(requestStates, 'expected the name of a state')
        .optional()
        .openapi({ description: 'Only those in this state.', example: 'open' }),
      limit: limitParameter('calls'),
      cursor: z.string().optional().openapi(paging),
    }),
  },
  responses: answers(
    RequestPageSchema,
    'A page of calls.',
    ...tokenProblems,
    'invalid-parameter',
    'invalid-cursor',
  ),
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/requests/{id}',
  operationId: 'showRequest',
  tags: ['Trade'],
  security: byToken,
  summary: 'One call for proposals, with its history',
  description: 'The client sees every proposal, a provider none but its own.',
  request: { params, query: z.object({ wait }) },
  responses: answers(RequestSchema, 'The call.', ...tokenProblems, 'invalid-parameter', 'request-not-found'),
});

/** @param waits who waits for a call to move */
export function createRequests({ waits }: { waits: Waits }) {
  return createRouter()
    .openapi(listRoute, async (context) => {
      const who = await bearer(context, 'read');
      if (who instanceof Response) return who as never;
      const { side = null, state, limit = pageSizeDefault, cursor = null } = context.req.valid('query');
      const asked = { side, states: state ? [state] : [], limit, cursor };
      const page = await browseRequests(context.var.deps, who.caller, asked);
      if (isProblem(page)) return problemResponse(context, page) as never;
      linkNext(context, page.cursor);
      const items = page.items.map(requestSummaryJson);
      return context.json({ items, cursor: page.cursor, approximate: false as const }, 200);
    })
    .openapi(callRoute, async (context) => {
      const who = await bearer(context, 'trade');
      if (who instanceof Response) return who as never;
      const wish = wishOf(context.req.valid('json'));
      if (isProblem(wish)) return problemResponse(context, wish) as never;
      const key = context.req.valid('header')['idempotency-key'] ?? null;
      const { deps } = context.var;
      const made = await openRequest(deps, who.caller, wish, key);
      if (isProblem(made)) return problemResponse(context, made) as never;
      const view = await showRequest(deps, who.caller, made.id);
      if (isProblem(view)) return problemResponse(context, view) as never;
      context.header('location', `/v1/requests/${encodeURIComponent(made.id)}`);
      return context.json(requestJson(view), 201);
    })
    .openapi(showRoute, async (context) => {
      const who = await bearer(context, 'read');
      if (who instanceof Response) return who as never;
      const { id } = context.req.valid('param');
      const seconds = context.req.valid('query').wait ?? 0;
      const view = await waits.within(who.caller, seconds, () =>
        waitForRequest(context.var.deps, who.caller, id, seconds, signalOf(context)),
      );
      if (isProblem(view)) return problemResponse(context, view) as never;
      return context.json(requestJson(view), 200);
    });
}

type Body = {
  query?: string | undefined;
  listings?: string[] | undefined;
  need: string;
  input?: { [name: string]: unknown } | undefined;
  budget?: RequestWish['budget'] | undefined;
  deadline: string;
  max?: number | undefined;
};

function wishOf({
  query: text,
  listings,
  need,
  input = {},
  budget = null,
  ...rest
}: Body): RequestWish | Problem {
  if ((text === undefined) === (listings === undefined)) {
    return notTaken([{ pointer: '/query', detail: 'expected a query, or listings, and not both' }]);
  }
  const query = text === undefined ? null : parseQuery(text);
  if (query && isProblem(query)) return query;
  const deadline = readTime(rest.deadline);
  if (!deadline) {
    return notTaken([
      { pointer: '/deadline', detail: 'expected a time with its zone, such as 2026-11-20T10:00:00Z' },
    ]);
  }
  return {
    wanted: query ? { query, listings: null } : { query: null, listings: [...new Set(listings)] },
    ...{ need, input: input as Values, budget, deadline },
    max: rest.max ?? requestLimits.askedDefault,
  };
}

/** Ends the waiting when the client goes away. */
function signalOf(context: Context): AbortSignal | null {
  return context.req.raw.signal ?? null;
}
