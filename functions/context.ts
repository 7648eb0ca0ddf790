/** What the app's handlers share. */

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { IndexReading } from '../db/index-reading.ts';
import type { Deps } from '../operations/deps.ts';
import type { Addressing } from './address.ts';
import type { KeptAnswer } from './answer-cache.ts';
import { problemResponse } from './problem-response.ts';

export type Env = {
  Variables: RequestIdVariables &
    Addressing & {
      deps: Deps;
      /** The look at the index with which the request is answered, where one has begun; `deps` reads through it. */
      index?: IndexReading;
      /** What is answered, where it is kept. */
      kept?: KeptAnswer;
    };
};
export type AppContext = Context<Env>;

/** A router whose refused input becomes a problem that names each parameter. */
export function createRouter(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result, context) => {
      if (result.success) return;
      const isBody = result.target === 'json';
      const errors = result.error.issues.map((issue) => ({
        pointer: `${isBody ? '' : '/'}${isBody ? '/' : ''}${issue.path.join('/')}`,
        detail: issue.message,
      }));
      const named = errors.map((error) => `${error.pointer.slice(1) || 'body'}: ${error.detail}`).join('; ');
      return problemResponse(context, {
        problem: isBody ? 'invalid-body' : 'invalid-parameter',
        detail: `Not accepted: ${named}`,
        errors,
      });
    },
  });
}
