/** Hearing what the database notifies of, on a connection of its own. */

import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { poolLimits } from './connect-worker.ts';

export const listenLimits = {
  /** The wait before a connection that ended is made anew. */
  retryMs: 1_000,
} as const;

/**
 * Calls back for each notification on the channel, and whenever it began to listen: something may have come before. While there is
 * no connection nothing is heard, so that whoever listens looks now and then, too.
 * @param url a direct connection's: a pooler would lend the session to others
 * @param channel a plain SQL name
 * @returns what ends it
 */
export function listen(url: string, channel: string, onNotice: () => void): () => Promise<void> {
  const ended = new AbortController();
  let client: Client | null = null;

  async function hear(): Promise<void> {
    const current = new Client({
      connectionString: url,
      connectionTimeoutMillis: poolLimits.connectTimeoutMs,
      keepAlive: true,
      application_name: 'guildhall-listen',
    });
    client = current;
    const over = new Promise<void>((resolve) => {
      current.on('end', resolve);
      current.on('error', () => resolve());
    });
    current.on('notification', onNotice);
    try {
      await current.connect();
      await current.query(`listen ${channel}`);
      onNotice();
      await over;
    } catch {
      // It is tried again; whoever uses the database otherwise says what is wrong with it.
    } finally {
      await current.end().catch(() => undefined);
    }
  }

  async function goOn(): Promise<void> {
    while (!ended.signal.aborted) {
      await hear();
      await wait(listenLimits.retryMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }

  const over = goOn();
  return async () => {
    ended.abort();
    await client?.end().catch(() => undefined);
    await over;
  };
}
