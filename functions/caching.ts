/** Strong entity tags, answers to `If-None-Match`, and `Cache-Control` (RFC 9110 §8.8.3 and §13, RFC 9111). */

import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { hrefOf } from './address.ts';
import { type CachePolicy, cachePolicyOf, noPolicy } from './cache-policy.ts';
import type { AppContext, Env } from './env.ts';
import { lookAtIndex } from './index-look.ts';
import { routePattern } from './route-pattern.ts';
import { wholeBody } from './whole-body.ts';

/** What the tag of a compressed answer has more than that of the same answer as it is. */
export const codingSuffix = '-gzip';

/** @param version names the code that answers: other code may say the same otherwise */
export function caching(version: string): MiddlewareHandler<Env> {
  return async (context, next) => {
    const policy = isRead(context) ? cachePolicyOf(routePattern(context)) : noPolicy;
    const early = await earlyTag(context, policy, version);
    const known = early && matching(context, early);
    if (known) return notModified(context, known, policy);
    await next();
    const { res } = context;
    if (res.status >= 400) return keep(context, noPolicy.cacheControl);
    keep(context, policy.cacheControl);
    if (res.status !== 200 || policy.tag === 'nothing') return;
    const { kept } = context.var;
    const tag = early ?? kept?.tag ?? (await lateTag(context, policy, version));
    if (kept) kept.tag = tag;
    const late = matching(context, tag, true);
    if (late) context.res = notModified(context, late, policy);
    else context.res.headers.set('etag', `"${tag}"`);
  };
}

function isRead({ req }: AppContext): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

/** The tag of what would be answered, where it can be told before the answer is made and must be known by then. */
async function earlyTag(context: AppContext, policy: CachePolicy, version: string): Promise<string | null> {
  if (policy.tag === 'code') return digest(version, hrefOf(context));
  if (policy.tag !== 'index') return null;
  const index = lookAtIndex(context);
  if (context.req.header('if-none-match') !== undefined) return indexTag(context, version);
  if (!index.isBrought) await index.state();
  return null;
}

function lateTag(context: AppContext, policy: CachePolicy, version: string): Promise<string> {
  return policy.tag === 'index' ? indexTag(context, version) : bodyTag(context, version);
}

/** What was found may be younger than its tag says, never older. */
async function indexTag(context: AppContext, version: string): Promise<string> {
  return digest(version, hrefOf(context), await lookAtIndex(context).state());
}

async function bodyTag(context: AppContext, version: string): Promise<string> {
  return digest(version, hrefOf(context), await wholeBody(context));
}

function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('base64url').slice(0, 22);
}

/**
 * The tag of ours that the request names, by the weak comparison that RFC 9110 §13.1.2 wants: platforms that compress
 * weaken a tag on its way.
 * @param exists whether there is an answer for certain, which `*` asks for
 */
function matching({ req }: AppContext, tag: string, exists = false): string | null {
  const header = req.header('if-none-match');
  if (header === undefined) return null;
  if (header.trim() === '*') return exists ? tag : null;
  const named = [...header.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
  return [tag, `${tag}${codingSuffix}`].find((own) => named.includes(own)) ?? null;
}

function notModified(context: AppContext, tag: string, { cacheControl }: CachePolicy): Response {
  keep(context, cacheControl);
  // No content, so nothing that describes it (RFC 9110 §15.4.5).
  if (context.finalized)
    for (const name of ['content-type', 'content-length']) context.res.headers.delete(name);
  return context.body(null, 304, { etag: `"${tag}"` });
}

function keep(context: AppContext, cacheControl: string): void {
  // Set through the context, each header copies an answer that is there already.
  if (context.finalized) context.res.headers.set('cache-control', cacheControl);
  else context.header('cache-control', cacheControl);
}
