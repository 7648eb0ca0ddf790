/** What the app's handlers are made with. */

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from './env.ts';
import { problemResponse } from './problem-response.ts';

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
