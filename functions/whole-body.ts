/** Reading what a route answers, and sending it all the same. */

import type { AppContext } from './env.ts';

/** The content of the answer, which the answer has still, and whose length it says from now on. */
export async function wholeBody(context: AppContext): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(await context.res.arrayBuffer());
  replaceBody(context, body);
  return body;
}

/** Gives the answer another content. */
export function replaceBody(context: AppContext, body: Uint8Array<ArrayBuffer>): void {
  const replaced = new Response(body, context.res);
  replaced.headers.set('content-length', String(body.length));
  // Set over another answer, it would be copied once more for the headers of both.
  context.res = undefined;
  context.res = replaced;
}
