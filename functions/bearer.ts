/** Who calls: the bearer of a token (RFC 6750 §2.1), which stands in the header and nowhere else. */

import { isProblem, problem } from '../market/problem.ts';
import type { TokenScope } from '../market/token.ts';
import { type Bearer, bearerOf } from '../operations/tokens.ts';
import type { AppContext } from './env.ts';
import { problemResponse } from './problem-response.ts';

/** How a route says in the OpenAPI document that it wants a token. */
export const byToken = [{ token: [] as string[] }];

/** What such a route may refuse besides. */
export const tokenProblems = ['token-required', 'token-not-valid', 'scope-not-granted'] as const;

/**
 * The bearer, or the answer that refuses the request.
 * @param scope null where a token for anything will do
 */
export async function bearer(context: AppContext, scope: TokenScope | null): Promise<Bearer | Response> {
  const [, token] = /^Bearer +([^\s]+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
  if (!token) {
    const detail = 'Nobody is named; expected Authorization: Bearer and a token.';
    return problemResponse(context, problem('token-required', detail));
  }
  const found = await bearerOf(context.var.deps, token, scope);
  return isProblem(found) ? problemResponse(context, found) : found;
}
