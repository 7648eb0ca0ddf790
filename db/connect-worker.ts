/** The worker's way to Postgres: a pool of TCP connections. */

import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import type { Database } from './database.ts';
import { prepareMarked } from './prepared.ts';
import * as schema from './schema.ts';

export const poolLimits = { connectionsMax: 8, connectTimeoutMs: 5_000, statementTimeoutMs: 30_000 } as const;

export type WorkerDatabase = { db: Database; end(): Promise<void> };

/**
 * @param onError hears of connections that fail while idle, as when the server restarts; the pool replaces them
 * @param statementTimeoutMs how long one statement may take
 */
export function connectWorker(
  url: string,
  onError: (error: Error) => void,
  statementTimeoutMs: number = poolLimits.statementTimeoutMs,
): WorkerDatabase {
  const pool = new Pool({
    connectionString: url,
    max: poolLimits.connectionsMax,
    connectionTimeoutMillis: poolLimits.connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A server that went silent must not hold its statements for ever.
    query_timeout: statementTimeoutMs + poolLimits.connectTimeoutMs,
    keepAlive: true,
    application_name: 'guildhall-worker',
  });
  pool.on('error', onError);
  // Of a connection in use its statements tell the end, which nobody else may take for a fault of the whole process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  prepareMarked(pool);
  const db = drizzle(pool, { schema });
  // Drizzle's own never gives back the connection of a transaction that could not begin.
  db.transaction = async (work, config) => {
    const client = await pool.connect();
    let isDone = false;
    try {
      const result = await drizzle(client, { schema }).transaction(work, config);
      isDone = true;
      return result;
    } finally {
      // Whatever failed may have left it in any state.
      client.release(!isDone);
    }
  };
  return { db, end: () => pool.end() };
}
