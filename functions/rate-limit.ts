/** How much one client may ask (draft-ietf-httpapi-ratelimit-headers-10); what keeps count is the platform's. */

import type { MiddlewareHandler } from 'hono';
import { problem } from '../market/problem.ts';
import type { AppContext, Env } from './env.ts';
import { problemResponse } from './problem-response.ts';

export type Allowance = {
  isTaken: boolean;
  /** How many more are taken now; null where the platform does not tell. */
  left: number | null;
  /** Until as many are taken as ever. */
  resetSeconds: number;
  /** Until the next one is taken. */
  retrySeconds: number;
};

export type ReadLimit = {
  perMinute: number;
  /** Counts one request of the client. */
  take(client: string): Allowance | Promise<Allowance>;
  /** By what a client is told from others; null where the platform does not know. */
  clientOf(context: AppContext): string | null;
};

/** Whoever watches over the service asks these, and must hear of it when it is busy. */
const exempt: readonly string[] = ['/healthz', '/readyz'];

const policyName = 'reads';

export function rateLimit({ perMinute, take, clientOf }: ReadLimit): MiddlewareHandler<Env> {
  const policy = `"${policyName}";q=${perMinute};w=60`;
  return async (context, next) => {
    if (exempt.includes(context.req.path)) return next();
    const { isTaken, left, resetSeconds, retrySeconds } = await take(clientOf(context) ?? 'unknown');
    if (isTaken) await next();
    else {
      const detail = `${perMinute} requests a minute are taken of one client; expected the next after ${retrySeconds} s.`;
      const refused = { ...problem('too-many-requests', detail), retryAfterSeconds: retrySeconds };
      context.res = problemResponse(context, refused);
    }
    const { headers } = context.res;
    headers.set('ratelimit-policy', policy);
    if (left !== null) headers.set('ratelimit', `"${policyName}";r=${left};t=${resetSeconds}`);
  };
}
