/** What a request carries with it through the app. */

import type { Context } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { IndexReading } from '../db/index-reading.ts';
import type { Deps } from '../operations/deps.ts';
import type { KeptAnswer } from './answer-cache.ts';

export type Env = {
  Variables: RequestIdVariables & {
    deps: Deps;
    /** The origin under which the functions are known; null where the operator has not said. */
    publicUrl: string | null;
    /** Whether the platform vouches for the host that a request names. */
    isOwnHost: (context: Context<Env>) => boolean;
    /** The look at the index with which the request is answered, where one has begun; `deps` reads through it. */
    index?: IndexReading;
    /** What is answered, where it is kept. */
    kept?: KeptAnswer;
  };
};
export type AppContext = Context<Env>;
