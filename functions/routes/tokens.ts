import { createRoute, z } from '@hono/zod-openapi';
import { challengeRules } from '../../market/challenge.ts';
import { isProblem, problem } from '../../market/problem.ts';
import { tokenLimits, tokenScopes } from '../../market/token.ts';
import { pickUp, startChallenge } from '../../operations/challenges.ts';
import { listTokens, revokeAsBearer } from '../../operations/tokens.ts';
import { vouchedOrigin } from '../address.ts';
import { bearer, byToken, tokenProblems } from '../bearer.ts';
import { createRouter } from '../context.ts';
import { scopesMember } from '../contract-schemas.ts';
import type { AppContext } from '../env.ts';
import { answers, found, jsonBody, refusals } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';
import { Timestamp } from '../schemas.ts';
import { addressCharsMax } from './seeds.ts';

const idMax = 100;
const secretMax = 200;
const expires = '2026-11-20T10:02:00.000Z';

const ChallengeSchema = z
  .object({
    id: z.string().describe('The id of the challenge.'),
    verifier: z.string().describe('The secret by which the token is picked up. It is told here only.'),
    expires: Timestamp.describe('Until when it can be confirmed and picked up.'),
  })
  .openapi('Challenge', {
    description: 'The address is being asked.',
    example: {
      id: 'q3VnKfX0Tz2b1Yw7uR8pLg',
      verifier: 'b1Yw7uR8pLgq3VnKfX0Tz2b1Yw7uR8pLgq3VnKfX0Tz',
      expires,
    },
  });

const WaitingSchema = z
  .object({ expires: Timestamp.describe('Until when it can be confirmed.') })
  .openapi('Waiting', { description: 'The address has not answered yet.', example: { expires } });

const IssuedSchema = z
  .object({
    id: z.string().describe('The id under which the token is listed and revoked.'),
    token: z.string().describe('The token. It is told here only.'),
    expires: Timestamp.describe('Until when it can be used.'),
  })
  .openapi('IssuedToken', {
    description: 'A token, for the header `Authorization: Bearer`.',
    example: { id: '0a1b2c3d4e5f60718293', token: 'guildhall_q3VnKfX0Tz2b1Yw7uR8pLg', expires },
  });

const TokenSchema = z
  .object({
    id: z.string().describe('Its id.'),
    scopes: scopesMember,
    label: z.string().nullable().describe('What its owner calls it.'),
    created: Timestamp.describe('When it was issued.'),
    expires: Timestamp.describe('Until when it can be used.'),
    used: Timestamp.nullable().describe('When it was last used, to the minute.'),
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .openapi('Token', { description: 'A token of the caller, without the token itself.' });

const token = {
  id: '0a1b2c3d4e5f60718293',
  scopes: ['read' as const],
  label: 'laptop',
  created: '2026-11-20T10:00:00.000Z',
  expires: '2026-12-20T10:00:00.000Z',
  used: null,
  current: true,
};
const TokensSchema = z
  .object({
    items: z.array(TokenSchema).describe('Those that can be used, the youngest first.'),
    cursor: z.null().describe('There is one page.'),
    approximate: z.literal(false).describe('Nothing is cut.'),
  })
  .openapi('Tokens', {
    description: "The caller's tokens.",
    example: { items: [token], cursor: null, approximate: false },
  });
const RevokedSchema = z
  .object({ id: z.string().describe('The token that was revoked.') })
  .openapi('RevokedToken', { description: 'It cannot be used any more.', example: { id: token.id } });

const startRoute = createRoute({
  method: 'post',
  path: '/v1/tokens/challenges',
  operationId: 'startChallenge',
  tags: ['Trade'],
  summary: 'Have an XMPP address asked to confirm a token',
  description:
    'The directory asks the address over XMPP (XEP-0070) whether the request is its own. Only addresses that had to do with the directory are asked, one request at a time.',
  request: {
    body: jsonBody(
      z
        .strictObject({
          jid: z
            .string('expected a JID')
            .max(addressCharsMax, 'expected a JID')
            .describe('Whose token it is to be; with a resource, that one is asked.'),
          code: z
            .string('expected a code')
            .max(challengeRules.codeCharsMax, `expected at most ${challengeRules.codeCharsMax} characters`)
            .describe(
              `A code of your own, by which the request is known to whoever confirms it: at least ${challengeRules.codeDigitsMin} digits, and letters.`,
            ),
          scopes: z
            .array(z.enum(tokenScopes, `expected ${tokenScopes.join(' or ')}`))
            .min(1, 'expected at least one scope')
            .max(tokenScopes.length, 'expected each scope once')
            .optional()
            .describe('What the token is to allow; `read` where it is left out.'),
          days: z
            .int('expected a whole number of days')
            .min(tokenLimits.daysMin, `expected at least ${tokenLimits.daysMin}`)
            .max(tokenLimits.daysMax, `expected at most ${tokenLimits.daysMax}`)
            .optional()
            .describe(`How long it can be used; ${tokenLimits.daysDefault} where it is left out.`),
          label: z
            .string('expected words')
            .max(tokenLimits.labelCharsMax, `expected at most ${tokenLimits.labelCharsMax} characters`)
            .regex(/^[^\p{C}]*$/u, 'expected words')
            .optional()
            .describe('What you call the token.'),
        })
        .openapi('ChallengeRequest', {
          description: 'Whom to ask, and for what.',
          example: { jid: 'ann@agents.test', code: '482913', scopes: ['read', 'trade'] },
        }),
    ),
  },
  responses: {
    ...refusals('invalid-body', 'body-too-large', 'address-not-known', 'limit-reached', 'address-not-set'),
    202: found(ChallengeSchema, 'The address is asked.'),
  },
});

const pickUpRoute = createRoute({
  method: 'get',
  path: '/v1/tokens/challenges/{id}',
  operationId: 'pickUpToken',
  tags: ['Trade'],
  summary: 'Pick up a token that was confirmed, once',
  description: 'While the address has not answered, the answer is 202: ask again after a second or two.',
  request: {
    params: z.object({
      id: z.string().openapi({
        description: 'The id of the challenge.',
        maxLength: idMax,
        example: 'q3VnKfX0Tz2b1Yw7uR8pLg',
      }),
    }),
    headers: z.object({
      verifier: z
        .string('expected the verifier of the challenge')
        .max(secretMax, 'expected the verifier of the challenge')
        .openapi({
          description: 'The verifier of the challenge.',
          maxLength: secretMax,
          example: 'b1Yw7uR8pLgq3VnKfX0Tz2b1Yw7uR8pLgq3VnKfX0Tz',
        }),
    }),
  },
  responses: {
    ...refusals('invalid-parameter', 'challenge-not-found', 'challenge-ended', 'limit-reached'),
    200: found(IssuedSchema, 'The token.'),
    202: found(WaitingSchema, 'The address has not answered yet.'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/tokens',
  operationId: 'listTokens',
  tags: ['Trade'],
  security: byToken,
  summary: 'Your tokens',
  description: 'Those that can be used, without the tokens themselves, of which only hashes are kept.',
  responses: answers(TokensSchema, 'The tokens.', ...tokenProblems),
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/v1/tokens/{id}',
  operationId: 'revokeToken',
  tags: ['Trade'],
  security: byToken,
  summary: 'Revoke one of your tokens',
  description:
    'It cannot be used from then on. `current` is the one that asks, which any token may end; another takes one for `trade`.',
  request: {
    params: z.object({
      id: z.string().openapi({ description: 'The id, or `current`.', maxLength: idMax, example: 'current' }),
    }),
  },
  responses: answers(RevokedSchema, 'It is revoked.', ...tokenProblems, 'token-not-found'),
});

export type TokensOptions = {
  /** By what a client is known; what it is told apart by elsewhere. */
  clientOf: (context: AppContext) => string | null;
};

export function createTokens({ clientOf }: TokensOptions) {
  return createRouter()
    .openapi(startRoute, async (context) => {
      const { jid, code, scopes = ['read'], days = tokenLimits.daysDefault } = context.req.valid('json');
      const { label = null } = context.req.valid('json');
      const origin = vouchedOrigin(context);
      if (origin === null) {
        const detail =
          "What is confirmed shows the address of the directory, and PUBLIC_URL, which says it, is not set; expected a token by its command 'token'.";
        return problemResponse(context, problem('address-not-set', detail)) as never;
      }
      const started = await startChallenge(context.var.deps, {
        ...{ address: jid, code, scopes: [...new Set(scopes)], days, label },
        url: new URL('/v1/tokens/challenges', origin).href,
        requester: clientOf(context) ?? 'an unknown address',
      });
      if (isProblem(started)) return problemResponse(context, started) as never;
      return context.json({ ...started, expires: started.expires.toISOString() }, 202);
    })
    .openapi(pickUpRoute, async (context) => {
      // A token that nobody is told would be lost.
      if (context.req.method === 'HEAD') return context.body(null, 202) as never;
      const { id } = context.req.valid('param');
      const taken = await pickUp(context.var.deps, id, context.req.valid('header').verifier);
      if (isProblem(taken)) return problemResponse(context, taken) as never;
      const expires = taken.expires.toISOString();
      if ('waiting' in taken) return context.json({ expires }, 202);
      return context.json({ id: taken.id, token: taken.token, expires }, 200);
    })
    .openapi(listRoute, async (context) => {
      const who = await bearer(context, 'read');
      if (who instanceof Response) return who as never;
      const items = (await listTokens(context.var.deps, who.caller)).map((each) => ({
        id: each.id,
        scopes: tokenScopes.filter((scope) => each.scopes.includes(scope)),
        label: each.label,
        created: each.created.toISOString(),
        expires: each.expires.toISOString(),
        used: each.used?.toISOString() ?? null,
        current: each.id === who.token.id,
      }));
      return context.json({ items, cursor: null, approximate: false as const }, 200);
    })
    .openapi(revokeRoute, async (context) => {
      const who = await bearer(context, null);
      if (who instanceof Response) return who as never;
      const revoked = await revokeAsBearer(context.var.deps, who, context.req.valid('param').id);
      if (isProblem(revoked)) return problemResponse(context, revoked) as never;
      return context.json({ id: revoked }, 200);
    });
}
