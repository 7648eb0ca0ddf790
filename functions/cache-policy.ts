/** What the answer of each route depends on, and how long it may be kept without asking. */

/**
 * - `index`: on the state of the index, which one cheap statement names before anything is searched.
 * - `body`: on a few rows that are read by their keys, so that reading them is the cheap statement: the tag is a digest.
 * - `code`: on the code and the address alone.
 * - `nothing`: the answer has no tag, and is nobody's to keep.
 */
export type CachePolicy = { tag: 'index' | 'body' | 'code' | 'nothing'; cacheControl: string };

const fresh = 'no-cache';
const soon = 'public, max-age=15';
const later = 'public, max-age=300';
const forEver = 'public, max-age=31536000, immutable';

/** Of what is nobody's to keep. */
export const noPolicy: CachePolicy = { tag: 'nothing', cacheControl: 'no-store' };
const search: CachePolicy = { tag: 'index', cacheControl: fresh };
const entry: CachePolicy = { tag: 'body', cacheControl: fresh };
const document: CachePolicy = { tag: 'code', cacheControl: later };

const policies: { [route: string]: CachePolicy } = {
  '/': search,
  '/v1/listings': search,
  '/v1/facets': search,
  '/v1/suggest': search,
  '/v1/agents': search,
  '/ard/agents': search,
  '/v1/stats': { tag: 'index', cacheControl: soon },
  '/v1/listings/:id': entry,
  '/v1/listings/:id/ratings': entry,
  '/v1/agents/:jid/ratings': entry,
  '/v1/agents/:jid': entry,
  '/ard/agents/:identifier': entry,
  '/listings/:id': entry,
  '/agents/:jid': entry,
  '/openapi.json': document,
  '/llms.txt': document,
  '/docs': document,
  '/problems': document,
  '/problems/:code': document,
  '/.well-known/ai-catalog.json': document,
  '/.well-known/ard.json': document,
  '/robots.txt': document,
  '/static/:file': { tag: 'code', cacheControl: forEver },
  '/v1/changes': entry,
  '/v1/events': noPolicy,
  // What one caller may see, and nobody else.
  '/v1/tokens': noPolicy,
  '/v1/tokens/challenges/:id': noPolicy,
  '/v1/contracts': noPolicy,
  '/v1/contracts/:id': noPolicy,
  '/v1/requests': noPolicy,
  '/v1/requests/:id': noPolicy,
  '/contracts/:id': noPolicy,
  '/v1/contracts/:id/rating': noPolicy,
  '/requests/:id': noPolicy,
  '/healthz': noPolicy,
  '/readyz': noPolicy,
};

/** @param route the pattern of the route that answers; what no row names has no tag */
export function cachePolicyOf(route: string | null): CachePolicy {
  return (route !== null && policies[route]) || noPolicy;
}

/** The routes that have a policy. */
export const cachedRoutes: readonly string[] = Object.keys(policies);
