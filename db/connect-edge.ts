/** The edge's way to Postgres: Neon's driver, one HTTP request per statement, no connection kept. */

import { neon, neonConfig } from '@neondatabase/serverless';
import { drizzle } from 'drizzle-orm/neon-http';
import type { Database } from './database.ts';
import { type EdgeClient, planning, readingThrough } from './edge-client.ts';
import { readsIndexBy } from './index-reading.ts';

/**
 * @param url the database, as Neon or any Postgres names it
 * @param fetchEndpoint where Neon's HTTP SQL protocol is spoken for a Postgres that is not Neon's; null for Neon
 */
export function connectEdge(url: string, fetchEndpoint: string | null): Database {
  if (fetchEndpoint) neonConfig.fetchEndpoint = fetchEndpoint;
  const client = neon(url) as unknown as EdgeClient;
  const db = over(planning(client));
  readsIndexBy(db, () => readingThrough(client, over));
  return db;
}

/** Without the schema, which only the relational queries of Drizzle need: one of these is made for each request. */
function over(client: EdgeClient): Database {
  return drizzle({ client: client as never }) as unknown as Database;
}
