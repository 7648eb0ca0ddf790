/** Pages of any origin may read what everybody may read, without credentials; and `OPTIONS` (RFC 9110 §9.3.7). */

import type { MiddlewareHandler } from 'hono';
import type { Env } from './env.ts';
import { allowedMethods, type Route } from './route-pattern.ts';

/** Reads that take their question as a body. */
export const readsByPost: readonly string[] = [
  '/v1/listings/search',
  '/v1/listings/match',
  '/ard/search',
  '/ard/explore',
];

const requestHeaders = ['Content-Type', 'If-None-Match', 'Last-Event-ID', 'X-Request-Id'].join(', ');
const exposedHeaders = [
  'ETag',
  'Link',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Allow',
].join(', ');

/** How long a browser may keep what a preflight said. */
const preflightSeconds = 86_400;

/** @param routes those of the app, as they are when the request comes */
export function cors(routes: () => Route[]): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { method, path } = context.req;
    if (method !== 'OPTIONS') {
      await next();
      if (isRead(method, path)) {
        const { headers } = context.res;
        headers.set('access-control-allow-origin', '*');
        headers.set('access-control-expose-headers', exposedHeaders);
      }
      return;
    }
    const allowed = allowedMethods(routes(), path);
    if (allowed.length === 0) return next();
    context.header('allow', allowed.join(', '));
    const reads = allowed.filter((method) => isRead(method, path));
    // Browsers send a POST whatever methods are named: who asks for a write is told nothing.
    const wanted = context.req.header('access-control-request-method');
    if (context.req.header('origin') && wanted && reads.includes(wanted)) {
      context.header('access-control-allow-origin', '*');
      context.header('access-control-allow-methods', reads.join(', '));
      context.header('access-control-allow-headers', requestHeaders);
      context.header('access-control-max-age', String(preflightSeconds));
    }
    return context.body(null, 204);
  };
}

function isRead(method: string, path: string): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && readsByPost.includes(path));
}
