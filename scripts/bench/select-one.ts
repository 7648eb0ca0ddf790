/** The least that a function at the edge can ask its database: what a route is measured against. */

import { sql } from 'drizzle-orm';
import { connectEdge } from '../../db/connect-edge.ts';

let db: ReturnType<typeof connectEdge> | undefined;

export default {
  async fetch(_: Request, env: { DATABASE_URL: string; NEON_FETCH_ENDPOINT: string }): Promise<Response> {
    db ??= connectEdge(env.DATABASE_URL, env.NEON_FETCH_ENDPOINT);
    await db.execute(sql`select 1`);
    return new Response('1');
  },
};
