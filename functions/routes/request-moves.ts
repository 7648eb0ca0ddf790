import { createRoute, z } from '@hono/zod-openapi';
import { isProblem, type Problem } from '../../market/problem.ts';
import { requestLimits } from '../../market/request/limits.ts';
import type { RequestView } from '../../market/request/view.ts';
import { award, cancelRequest, propose, refuse } from '../../operations/requests/move.ts';
import { showRequest } from '../../operations/requests/show.ts';
import { bearer, byToken, tokenProblems } from '../bearer.ts';
import { createRouter } from '../context.ts';
import type { AppContext } from '../env.ts';
import { answers, jsonBody } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { requestJson } from '../request-json.ts';
import {
  requestHeaders as headers,
  requestParams as params,
  requestIdMax,
  requestTime as time,
} from '../request-parameters.ts';
import { RequestSchema, requestExample } from '../request-schemas.ts';

const words = z
  .string('expected words')
  .max(requestLimits.wordsCharsMax, `expected at most ${requestLimits.wordsCharsMax} characters`);
const moveProblems = [
  ...tokenProblems,
  'invalid-parameter',
  'invalid-body',
  'body-too-large',
  'request-not-found',
  'request-not-open',
  'key-reused',
] as const;

const proposeRoute = createRoute({
  method: 'post',
  path: '/v1/requests/{id}/proposals',
  operationId: 'propose',
  tags: ['Trade'],
  security: byToken,
  summary: 'Propose, or refuse',
  description:
    'For who is asked, until the deadline. A proposal replaces the one before it; with `refuse` it is taken back.',
  request: {
    headers,
    params,
    body: jsonBody(
      z
        .strictObject({
          price: z
            .strictObject(
              {
                amount: z
                  .string('expected a decimal number as a text')
                  .describe('A decimal number; 0 for nothing.'),
                currency: z.string('expected the code of a currency').describe('Its currency.'),
                unit: z.string('expected words').optional().describe('What it is for, if not the whole.'),
              },
              'expected an amount with its currency',
            )
            .optional()
            .describe('What is asked for the whole.'),
          answerBy: time.optional().describe('Until when it can be taken.'),
          deliverBy: time.optional().describe('When the work is done.'),
          words: z.string('expected words').optional().describe('What else is said.'),
          refuse: z.boolean('expected true or false').optional().describe('true: nothing is proposed.'),
        })
        .openapi('ProposalRequest', {
          description: 'What is proposed.',
          example: {
            price: { amount: '24', currency: 'EUR' },
            words: 'By a native speaker.',
          },
        }),
    ),
  },
  responses: answers(RequestSchema, 'The call, as it is shown to you.', ...moveProblems, 'limit-reached'),
});

const awardRoute = createRoute({
  method: 'post',
  path: '/v1/requests/{id}/award',
  operationId: 'award',
  tags: ['Trade'],
  security: byToken,
  summary: 'Take a proposal',
  description:
    'Makes a contract with its provider, once: `awarded` names it. The others are told that theirs was not taken.',
  request: {
    headers,
    params,
    body: jsonBody(
      z
        .strictObject({
          proposal: z.string('expected the id of a proposal').max(requestIdMax).describe('Its id.'),
        })
        .openapi('Award', {
          description: 'Which proposal is taken.',
          example: { proposal: requestExample.asked[0]?.proposal.id ?? '' },
        }),
    ),
  },
  responses: answers(RequestSchema, 'The call, awarded.', ...moveProblems, 'proposal-not-standing'),
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/requests/{id}/cancel',
  operationId: 'cancelRequest',
  tags: ['Trade'],
  security: byToken,
  summary: 'Withdraw a call for proposals',
  description: 'Everybody that was asked is told.',
  request: {
    headers,
    params,
    body: jsonBody(
      z
        .strictObject({ words: words.optional().describe('Why, in words.') })
        .openapi('Cancellation', { description: 'Why it is withdrawn.', example: { words: 'Found it.' } }),
    ),
  },
  responses: answers(RequestSchema, 'The call, cancelled.', ...moveProblems),
});

export const requestMoves = createRouter()
  .openapi(proposeRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { refuse: isRefusal = false, words: said, ...terms } = context.req.valid('json');
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    return moved(context, (deps, caller) =>
      isRefusal
        ? refuse(deps, caller, id, said ?? null, key)
        : propose(deps, caller, id, { ...terms, words: said }, key),
    );
  })
  .openapi(awardRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { proposal } = context.req.valid('json');
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    return moved(context, (deps, caller) => award(deps, caller, id, proposal, key));
  })
  .openapi(cancelRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { words: said = null } = context.req.valid('json');
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    return moved(context, (deps, caller) => cancelRequest(deps, caller, id, said, key));
  });

type Mover = (
  deps: AppContext['var']['deps'],
  caller: Parameters<typeof award>[1],
) => Promise<RequestView | Problem>;

/** The call as the move leaves it. */
async function moved(context: AppContext, move: Mover) {
  const who = await bearer(context, 'trade');
  if (who instanceof Response) return who as never;
  const { deps } = context.var;
  const outcome = await move(deps, who.caller);
  if (isProblem(outcome)) return problemResponse(context, outcome) as never;
  const view = await showRequest(deps, who.caller, outcome.request.id);
  if (isProblem(view)) return problemResponse(context, view) as never;
  return context.json(requestJson(view), 200);
}
