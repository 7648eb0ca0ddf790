/** One line for each request. Neither who asked nor what was asked stands there: no address, no query, no header. */

import type { MiddlewareHandler } from 'hono';
import type { Env } from './env.ts';
import { routePattern } from './route-pattern.ts';

export type AccessEntry = {
  requestId: string;
  method: string;
  /** The route's pattern, not the address; null where there is none. */
  route: string | null;
  status: number;
  /** Until the answer's head was ready. */
  ms: number;
  /** Of the content that is sent; null for a stream. */
  bytes: number | null;
};

export function accessLog(write: (entry: AccessEntry) => void): MiddlewareHandler<Env> {
  return async (context, next) => {
    const started = performance.now();
    await next();
    const { res, req } = context;
    const length = res.headers.get('content-length');
    const hasContent = res.body !== null && req.method !== 'HEAD';
    write({
      requestId: context.get('requestId'),
      method: req.method,
      route: routePattern(context),
      status: res.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
      bytes: hasContent ? (length === null ? null : Number(length)) : 0,
    });
  };
}
