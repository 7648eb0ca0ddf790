/** Which routes there are at a path. */

import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/** The pattern of the route that answers, as it was given; null where none does. */
export function routePattern(context: Context): string | null {
  return matchedRoutes(context).findLast(({ method }) => method !== 'ALL')?.path ?? null;
}

export type Route = { method: string; path: string };

/** The methods that some route takes at this path, with those that follow from them; none where nothing is there. */
export function allowedMethods(routes: Route[], path: string): string[] {
  const methods = routes
    .filter((route) => route.method !== 'ALL' && pathPattern(route.path).test(path))
    .map((route) => route.method);
  if (methods.length === 0) return [];
  return [
    ...[...new Set(methods)].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    'OPTIONS',
  ];
}

/** A route's path, whose parameters take one segment each. */
function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:[a-z]+(\{[^}]*\})?/g, '[^/]+')}$`);
}
