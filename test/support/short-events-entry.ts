/** The functions' entry for workerd, with streams of events whose times a test can wait for. */

import { connectEdge } from '../../db/connect-edge.ts';
import { createApp } from '../../functions/app.ts';
import { streamLimits } from '../../functions/events/limits.ts';
import { ownStreams } from '../../functions/events/streams.ts';
import type { Bindings } from '../../functions/index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { shortTimes } from './short-times.ts';

let app: ReturnType<typeof createApp> | null = null;

export default {
  fetch(request: Request, env: Bindings): Response | Promise<Response> {
    if (!app) {
      const db = connectEdge(env.DATABASE_URL, env.NEON_FETCH_ENDPOINT ?? null);
      const deps = { db, policy: parsePolicy('', null) };
      const onError = (error: Error) => console.error(error.stack);
      app = createApp({
        deps,
        streams: ownStreams(deps, onError, { ...streamLimits, ...shortTimes }),
        onError,
      });
    }
    return app.fetch(request);
  },
};
