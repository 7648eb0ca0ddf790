/** The least that answers from the database over HTTP on Node: what the functions are measured against. */

import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { connectWorker } from '../../db/connect-worker.ts';

const { db } = connectWorker(process.env.DATABASE_URL ?? '', () => undefined);
const app = new Hono();
app.get('/', async (context) => {
  await db.execute(sql`select 1`);
  return context.text('1');
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
