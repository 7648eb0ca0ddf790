import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { contractStates } from '../../market/contract/states.ts';
import { keyCharsMax } from '../../market/idempotency.ts';
import { isProblem, problem } from '../../market/problem.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { openOffer } from '../../operations/contracts/offer.ts';
import { browseContracts } from '../../operations/contracts/show.ts';
import { waitForContract, waitLimits } from '../../operations/contracts/wait.ts';
import { pageSizeDefault } from '../../operations/search.ts';
import { bearer, byToken, tokenProblems } from '../bearer.ts';
import { createRouter } from '../context.ts';
import { contractJson, summaryJson } from '../contract-json.ts';
import { ContractPageSchema, ContractSchema, contractExample } from '../contract-schemas.ts';
import { linkNext } from '../link-next.ts';
import { dataOf } from '../move-data.ts';
import { answers, headed, jsonBody, refusals } from '../openapi.ts';
import { limitParameter, paging } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import { ContractRequestSchema, MoveSchema } from '../trade-schemas.ts';

const idMax = 100;
const params = z.object({
  id: z.string().openapi({
    description: 'The id of a contract.',
    maxLength: idMax,
    example: contractExample.id,
  }),
});
const waitMessage = `expected a whole number from 0 to ${waitLimits.secondsMax}`;
const wait = z
  .string()
  .regex(/^\d{1,3}$/, waitMessage)
  .transform(Number)
  .refine((seconds) => seconds <= waitLimits.secondsMax, waitMessage)
  .optional()
  .openapi({
    description:
      'So many seconds the answer may take, until the contract needs you or has ended; then it is the contract as it is.',
    type: 'integer',
    minimum: 0,
    maximum: waitLimits.secondsMax,
    default: 0,
    example: 0,
  });
const headers = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'The same key with the same request, within a day, does nothing again and gives the same contract.',
    maxLength: keyCharsMax,
    example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
  }),
});
type Values = { [name: string]: never };

const callRoute = createRoute({
  method: 'post',
  path: '/v1/contracts',
  operationId: 'makeContract',
  tags: ['Trade'],
  security: byToken,
  summary: 'Have the directory call a listing, or offer its agent a contract',
  description:
    'With `call`, the directory calls the agent and keeps what it answers; only agents are called that let it: `call.relay`, or their registration. With `terms`, they are offered to the agent, which accepts them, declines, or proposes others; only agents are told of offers that subscribed or registered. The directory reads what it relays; nobody but the two parties is shown it.',
  request: {
    headers,
    query: z.object({ wait }),
    body: jsonBody(ContractRequestSchema),
  },
  responses: {
    ...refusals(
      ...tokenProblems,
      'invalid-parameter',
      'invalid-body',
      'body-too-large',
      'listing-not-found',
      'offers-not-taken',
      'input-refused',
      'not-callable',
      'relay-not-allowed',
      'listing-not-live',
      'listing-changed',
      'limit-reached',
      'key-reused',
      'contract-not-found',
    ),
    201: {
      description: 'The contract.',
      headers: {
        ...headed(),
        Location: {
          description: 'Where the contract is shown.',
          schema: { type: 'string' as const },
          example: `/v1/contracts/${contractExample.id}`,
        },
      },
      content: { 'application/json': { schema: ContractSchema } },
    },
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/contracts',
  operationId: 'listContracts',
  tags: ['Trade'],
  security: byToken,
  summary: 'Your contracts, the youngest first',
  description: 'Those to which the bearer of the token is a party.',
  request: {
    query: z.object({
      side: z
        .enum(['client', 'provider'], 'expected client or provider')
        .optional()
        .openapi({ description: 'Only those in which you are this side.', example: 'client' }),
      state: z
        .enum(contractStates, 'expected the name of a state')
        .optional()
        .openapi({ description: 'Only those in this state.', example: 'completed' }),
      limit: limitParameter('contracts'),
      cursor: z.string().optional().openapi(paging),
    }),
  },
  responses: answers(
    ContractPageSchema,
    'A page of contracts.',
    ...tokenProblems,
    'invalid-parameter',
    'invalid-cursor',
  ),
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/contracts/{id}',
  operationId: 'showContract',
  tags: ['Trade'],
  security: byToken,
  summary: 'One contract, with its history and its result',
  description: 'With `wait`, the answer comes when the contract needs you or has ended.',
  request: { params, query: z.object({ wait }) },
  responses: answers(
    ContractSchema,
    'The contract.',
    ...tokenProblems,
    'invalid-parameter',
    'contract-not-found',
  ),
});

/** The moves that a party makes over HTTP. */
const partyMoves = [
  'accept',
  'decline',
  'propose',
  'start',
  'ask',
  'input',
  'progress',
  'deliver',
  'complete',
  'fail',
  'cancel',
  'dispute',
  'resolve',
  'settle',
] as const;

const moveRoute = createRoute({
  method: 'post',
  path: '/v1/contracts/{id}/{move}',
  operationId: 'moveContract',
  tags: ['Trade'],
  security: byToken,
  summary: 'Make a move',
  description:
    '`moves` of the contract says which are open to you. `propose` carries `terms`; `input` carries `input`; `deliver` carries `values`, `text` or `links`; `ask` carries `text` or `names`; `progress` carries `percent` or `text`; `settle` carries a `settlement`; `fail`, `dispute` and `resolve` carry a `reason`, others may.',
  request: {
    headers,
    params: params.extend({
      move: z
        .enum(partyMoves, 'expected the name of a move')
        .openapi({ description: 'The move.', example: 'cancel' }),
    }),
    body: jsonBody(MoveSchema),
  },
  responses: answers(
    ContractSchema,
    'The contract as the move leaves it.',
    ...tokenProblems,
    'invalid-parameter',
    'invalid-body',
    'body-too-large',
    'contract-not-found',
    'move-not-open',
    'input-refused',
    'key-reused',
    'limit-reached',
  ),
});

export const contracts = createRouter()
  .openapi(listRoute, async (context) => {
    const who = await bearer(context, 'read');
    if (who instanceof Response) return who as never;
    const { side = null, state, limit = pageSizeDefault, cursor = null } = context.req.valid('query');
    const asked = { side, states: state ? [state] : [], limit, cursor };
    const page = await browseContracts(context.var.deps, who.caller, asked);
    if (isProblem(page)) return problemResponse(context, page) as never;
    linkNext(context, page.cursor);
    const items = page.items.map((contract) => summaryJson(contract, who.caller));
    return context.json({ items, cursor: page.cursor, approximate: false as const }, 200);
  })
  .openapi(callRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { listing, input = {}, call, terms, seq = null } = context.req.valid('json');
    if ((call === true) === (terms !== undefined)) {
      const detail = 'expected either "call": true or terms to offer';
      const refused = problem('invalid-body', `Not accepted: ${detail}`, [{ pointer: '/terms', detail }]);
      return problemResponse(context, refused) as never;
    }
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    const { deps } = context.var;
    const wish = { listing, input: input as Values, seq };
    const made = terms
      ? await openOffer(deps, who.caller, { ...wish, terms }, key)
      : await openCall(deps, who.caller, wish, key);
    if (isProblem(made)) return problemResponse(context, made) as never;
    const seconds = context.req.valid('query').wait ?? 0;
    const own = await waitForContract(deps, who.caller, made.id, seconds, signalOf(context));
    if (isProblem(own)) return problemResponse(context, own) as never;
    context.header('location', `/v1/contracts/${encodeURIComponent(made.id)}`);
    return context.json(contractJson(own, who.caller), 201);
  })
  .openapi(showRoute, async (context) => {
    const who = await bearer(context, 'read');
    if (who instanceof Response) return who as never;
    const { id } = context.req.valid('param');
    const seconds = context.req.valid('query').wait ?? 0;
    const own = await waitForContract(context.var.deps, who.caller, id, seconds, signalOf(context));
    if (isProblem(own)) return problemResponse(context, own) as never;
    return context.json(contractJson(own, who.caller), 200);
  })
  .openapi(moveRoute, async (context) => {
    const who = await bearer(context, 'trade');
    if (who instanceof Response) return who as never;
    const { id, move } = context.req.valid('param');
    const sent = context.req.valid('json');
    const data = dataOf(move, sent);
    if (isProblem(data)) return problemResponse(context, data) as never;
    const { version = null } = sent;
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    const { deps } = context.var;
    const moved = await moveOwn(deps, who.caller, id, { move, data, version }, key);
    if (isProblem(moved)) return problemResponse(context, moved) as never;
    const own = await waitForContract(deps, who.caller, id, 0);
    if (isProblem(own)) return problemResponse(context, own) as never;
    return context.json(contractJson(own, who.caller), 200);
  });

/** Ends the waiting when the client goes away. */
function signalOf(context: Context): AbortSignal | null {
  return context.req.raw.signal ?? null;
}
