/** The content of answers: its length said, and compressed where the platform does not do that itself. */

import type { MiddlewareHandler } from 'hono';
import { parseAccept } from 'hono/utils/accept';
import { COMPRESSIBLE_CONTENT_TYPE_REGEX } from 'hono/utils/compress';
import { codingSuffix } from './caching.ts';
import type { Env } from './env.ts';
import { replaceBody, wholeBody } from './whole-body.ts';

/** Compresses as gzip. */
export type Compress = (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

/** Less than this is sent as it is: it would fit into one packet anyway. */
export const compressedBytesMin = 1024;

/**
 * A compressed answer is another representation, with a strong tag of its own (RFC 9110 §8.8.3.3). Streams of events
 * pass as they are.
 */
export function content(compress: Compress | null): MiddlewareHandler<Env> {
  return async (context, next) => {
    await next();
    const { res } = context;
    const type = res.headers.get('content-type') ?? '';
    const mayCompress = compress !== null && COMPRESSIBLE_CONTENT_TYPE_REGEX.test(type);
    // What was not modified has no type, and varies as what it stands for.
    if (mayCompress || (compress && res.status === 304)) vary(res.headers, 'Accept-Encoding');
    if (!res.body || type.startsWith('text/event-stream') || res.headers.has('content-encoding')) return;
    const isWanted = mayCompress && takesGzip(context.req.header('accept-encoding'));
    if (!isWanted && res.headers.has('content-length')) return;
    const body = await wholeBody(context);
    if (!isWanted || body.length < compressedBytesMin) return;
    replaceBody(context, await compress(body));
    const { headers } = context.res;
    headers.set('content-encoding', 'gzip');
    const tag = headers.get('etag');
    if (tag) headers.set('etag', tag.replace(/"$/, `${codingSuffix}"`));
  };
}

function takesGzip(header: string | undefined): boolean {
  const accepted = parseAccept(header ?? '');
  const named = accepted.find(({ type }) => type.toLowerCase() === 'gzip');
  return ((named ?? accepted.find(({ type }) => type === '*'))?.q ?? 0) > 0;
}

function vary(headers: Headers, name: string): void {
  const before = headers.get('vary');
  if (
    before === '*' ||
    before
      ?.toLowerCase()
      .split(/\s*,\s*/)
      .includes(name.toLowerCase())
  )
    return;
  headers.append('vary', name);
}
