/** The next page in a header (RFC 8288), for readers that do not look into the body. */

import { addressOf } from './address.ts';
import type { AppContext } from './env.ts';

/** @param cursor of the next page; nothing is said where there is none, nor of pages that were asked for by POST */
export function linkNext(context: AppContext, cursor: string | null): void {
  if (cursor === null || context.req.method === 'POST') return;
  const next = addressOf(context);
  next.searchParams.set('cursor', cursor);
  context.header('link', `<${next.href}>; rel="next"`);
}
