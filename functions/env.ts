/** What a request carries with it through the app. */

import type { Context } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { IndexReading } from '../db/index-reading.ts';
import type { Deps } from '../operations/deps.ts';
import type { Addressing } from './address.ts';
import type { KeptAnswer } from './answer-cache.ts';

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
