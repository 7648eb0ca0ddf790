/** Problems as HTTP answers (RFC 9457). */

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ardError } from '../market/ard/refusal.ts';
import { type Problem, type ProblemCode, problems } from '../market/problem.ts';
import { addressOf } from './address.ts';

/** RFC 6750 §3: what a caller is told whose token is missing, no good, or not for this. */
const CHALLENGES: { [code in ProblemCode]?: string } = {
  'token-required': 'Bearer realm="guildhall"',
  'token-not-valid': 'Bearer realm="guildhall", error="invalid_token"',
  'scope-not-granted': 'Bearer realm="guildhall", error="insufficient_scope"',
};

/** Under the base address of ARD, the refusal has that standard's shape. */
export function problemResponse(context: Context, refused: Problem): Response {
  const { problem: code, detail, errors, retryAfterSeconds } = refused;
  const { status, title } = problems[code];
  const headers = {
    'cache-control': 'no-store',
    ...(CHALLENGES[code] && { 'www-authenticate': CHALLENGES[code] }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  if (/^\/ard(\/|$)/.test(context.req.path))
    return context.json(ardError(refused), status as ContentfulStatusCode, headers);
  const body = {
    type: new URL(`/problems/${code}`, addressOf(context)).href,
    title,
    status,
    detail,
    code,
    requestId: String(context.get('requestId') ?? ''),
    errors,
  };
  return context.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...headers,
  });
}
