/** The edge's way to Postgres: Neon's driver, one HTTP request per statement, no connection kept. */

import { neon, neonConfig } from '@neondatabase/serverless';
import { drizzle } from 'drizzle-orm/neon-http';
import type { Database } from './database.ts';
import * as schema from './schema.ts';

/**
 * @param url the database, as Neon or any Postgres names it
 * @param fetchEndpoint where Neon's HTTP SQL protocol is spoken for a Postgres that is not Neon's; null for Neon
 */
export function connectEdge(url: string, fetchEndpoint: string | null): Database {
  if (fetchEndpoint) neonConfig.fetchEndpoint = fetchEndpoint;
  return drizzle(neon(url), { schema });
}
