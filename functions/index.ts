/** The entry on the edge: one fetch handler, its dependencies from the environment's bindings. */

import { connectEdge } from '../db/connect-edge.ts';
import { parsePolicy } from '../market/policy.ts';
import { createApp } from './app.ts';
import { parseReferrals } from './referrals.ts';

export type Bindings = {
  DATABASE_URL: string;
  /** Where Neon's HTTP SQL protocol is spoken, for a Postgres that is not Neon's. */
  NEON_FETCH_ENDPOINT?: string;
  /** As the worker's: which domains users may have crawled. */
  CRAWL_DOMAINS?: string;
  /** The domain of the directory's own address, which is crawled in any case. */
  DIRECTORY_DOMAIN?: string;
  /** Registries to which searches by ARD refer, as JSON. */
  ARD_REFERRALS?: string;
};

let app: ReturnType<typeof createApp> | null = null;

export default {
  fetch(request: Request, env: Bindings): Response | Promise<Response> {
    // Bindings are the same for every request of an isolate; the app is made with the first.
    app ??= createApp({
      deps: {
        db: connectEdge(env.DATABASE_URL, env.NEON_FETCH_ENDPOINT ?? null),
        policy: parsePolicy(env.CRAWL_DOMAINS ?? '', env.DIRECTORY_DOMAIN ?? null),
      },
      referrals: parseReferrals(env.ARD_REFERRALS),
      onError: (error, requestId) =>
        console.error(
          JSON.stringify({ level: 'error', requestId, error: error.message, stack: error.stack }),
        ),
    });
    return app.fetch(request);
  },
};
