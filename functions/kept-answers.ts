/** Questions that were asked before, answered from memory where the index is still in the state that it was in. */

import type { MiddlewareHandler } from 'hono';
import { hrefOf } from './address.ts';
import type { AnswerCache } from './answer-cache.ts';
import { cachePolicyOf } from './cache-policy.ts';
import { readsByPost } from './cors.ts';
import type { AppContext, Env } from './env.ts';
import { lookAtIndex } from './index-look.ts';
import { routePattern } from './route-pattern.ts';
import { wholeBody } from './whole-body.ts';

/** Headers that belong to the answer itself. All others are of the request that is answered. */
const keptHeaders = ['content-type', 'link'] as const;

/**
 * Stands next to the routes: whoever asks is counted, logged and named as ever. An answer is given again only after the
 * database has named the state that it named before the answer was made, so that it is what would be found now.
 */
export function keptAnswers(answers: AnswerCache): MiddlewareHandler<Env> {
  return async (context, next) => {
    const question = await questionOf(context);
    if (question === null) return next();
    const index = lookAtIndex(context);
    const known = answers.get(question);
    if (known || !index.isBrought) {
      const state = await index.state();
      if (known?.state === state) {
        context.set('kept', known);
        return context.body(known.body, 200, known.headers);
      }
    }
    await next();
    const { res } = context;
    if (res.status !== 200) return;
    const body = await wholeBody(context);
    const headers: { [name: string]: string } = { 'content-length': String(body.length) };
    for (const name of keptHeaders) {
      const value = res.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    // What was found may be younger than this name, which then is never read again.
    const answer = { state: await index.state(), body, headers };
    answers.keep(question, answer);
    context.set('kept', answer);
  };
}

/**
 * All that the answer depends on beside the index; null where it depends on something else, or may. What these routes see
 * of a request is its address and, where the question is a body, that and its type.
 */
async function questionOf(context: AppContext): Promise<string | null> {
  const { req } = context;
  if (req.header('authorization') !== undefined) return null;
  if (req.method === 'GET' || req.method === 'HEAD') {
    return cachePolicyOf(routePattern(context)).tag === 'index' ? hrefOf(context) : null;
  }
  if (req.method !== 'POST' || !readsByPost.includes(req.path)) return null;
  return `${hrefOf(context)}\n${req.header('content-type') ?? ''}\n${await req.text()}`;
}
