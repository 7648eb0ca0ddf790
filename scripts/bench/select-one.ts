/** The least that a function at the edge can ask its database: what a route is measured against. */

import { sql } from 'drizzle-orm';
import { connectEdge } from '../../db/connect-edge.ts';

export default {
  async fetch(_: Request, env: { DATABASE_URL: string; NEON_FETCH_ENDPOINT: string }): Promise<Response> {
    await connectEdge(env.DATABASE_URL, env.NEON_FETCH_ENDPOINT).execute(sql`select 1`);
    return new Response('1');
  },
};
