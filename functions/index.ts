/** The entry on the edge: one fetch handler, its dependencies from the environment's bindings. */

import { connectEdge } from '../db/connect-edge.ts';
import { parsePolicy } from '../market/policy.ts';
import { answersKept } from './answer-cache.ts';
import { createApp } from './app.ts';
import { boundReads, type RateLimitBinding } from './bound-reads.ts';
import { parseReferrals } from './referrals.ts';
import { parseSetting } from './settings.ts';

export type Bindings = {
  DATABASE_URL: string;
  /** Where Neon's HTTP SQL protocol is spoken, for a Postgres that is not Neon's. */
  NEON_FETCH_ENDPOINT?: string;
  /** The address at which people reach the functions, or `host`. */
  PUBLIC_URL?: string;
  /** As the worker's: which domains users may have crawled. */
  CRAWL_DOMAINS?: string;
  /** The domain of the directory's own address, which is crawled in any case. */
  DIRECTORY_DOMAIN?: string;
  /** Registries to which searches by ARD refer, as JSON. */
  ARD_REFERRALS?: string;
  /** Counts requests by client; without it none are refused. */
  READS?: RateLimitBinding;
  /** What that is set to. */
  READS_PER_MINUTE?: string;
  /** What answers take at most that are kept in an instance's memory. */
  ANSWERS_KEPT_MB?: string;
  /** Whether requests are logged: on or off. */
  ACCESS_LOG?: string;
  /** Names the deployed version. */
  CF_VERSION_METADATA?: { id: string };
};

/** Cloudflare routes requests to a Worker by their host. workerd by itself takes any, so that the setting has to say it. */
const isRouted = (env: Bindings) => env.PUBLIC_URL === 'host';

let app: ReturnType<typeof createApp> | null = null;

export default {
  fetch(request: Request, env: Bindings): Response | Promise<Response> {
    // Bindings are the same for every request of an isolate; the app is made with the first.
    app ??= createApp({
      deps: {
        db: connectEdge(env.DATABASE_URL, env.NEON_FETCH_ENDPOINT ?? null),
        policy: parsePolicy(env.CRAWL_DOMAINS ?? '', env.DIRECTORY_DOMAIN ?? null),
      },
      publicUrl: isRouted(env) ? null : parseSetting('PUBLIC_URL', env.PUBLIC_URL),
      isOwnHost: () => isRouted(env),
      referrals: parseReferrals(env.ARD_REFERRALS),
      version: env.CF_VERSION_METADATA?.id,
      reads: env.READS ? boundReads(env.READS, parseSetting('READS_PER_MINUTE', env.READS_PER_MINUTE)) : null,
      answers: answersKept(parseSetting('ANSWERS_KEPT_MB', env.ANSWERS_KEPT_MB)),
      onAnswer:
        parseSetting('ACCESS_LOG', env.ACCESS_LOG) === 'on'
          ? (entry) => console.log(JSON.stringify({ level: 'info', event: 'answered', ...entry }))
          : null,
      onError: (error, requestId) =>
        console.error(
          JSON.stringify({ level: 'error', requestId, error: error.message, stack: error.stack }),
        ),
    });
    return app.fetch(request);
  },
};
