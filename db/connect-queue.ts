/** The job queue's own connections. */

import { Pool } from 'pg';
import { poolLimits } from './connect-worker.ts';

/**
 * What the queue notes of jobs need not outlive a crash of the database: a job whose lock or whose end is lost is done again,
 * which is harmless. So it does not wait for the disk. That a job is to be done is written by the statement that makes it due.
 * @param onError hears of connections that fail while idle; the pool replaces them
 */
export function connectQueue(url: string, connectionsMax: number, onError: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: poolLimits.connectTimeoutMs,
    keepAlive: true,
    application_name: 'guildhall-queue',
    options: '-c synchronous_commit=off',
  });
  pool.on('error', onError);
  // The queue listens on one of them, which the pool does not watch meanwhile.
  pool.on('connect', (client) => void client.on('error', onError));
  return pool;
}
