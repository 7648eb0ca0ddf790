/**
 * The door: who holds it is the directory on the network, and nobody else is. It is a lock that Postgres keeps for one
 * connection, and frees when that ends, however its process ended.
 */

import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

export const doorLimits = {
  connectTimeoutMs: 5_000,
  /** How often the holder makes sure that the lock is still its own, and how long the answer may take. */
  checkPeriodMs: 2_000,
  checkTimeoutMs: 4_000,
  /** When Postgres asks a silent holder for a sign of life, how often, and after how many unanswered it frees the lock. */
  keepAliveIdleS: 6,
  keepAliveIntervalS: 2,
  keepAliveCount: 3,
  /** The same where an answer of Postgres stays unacknowledged, when keep-alives are not sent. */
  unacknowledgedMs: 12_000,
  /** How long a goodbye may take: a connection that died without a word would take it for ever. */
  endTimeoutMs: 1_000,
} as const;

/** Advisory locks belong to a database, so one number is enough: "door" in ASCII. */
const lockNumber = 0x646f6f72;

export type DoorHold = {
  /** Settles when the lock may no longer be ours: at the latest when Postgres may give it to somebody else. */
  lost: Promise<void>;
  /** Gives the door up. */
  release(): Promise<void>;
};

/**
 * Takes the door, where nobody holds it.
 * @param url a direct connection's: a pooler would lend the lock to others
 * @throws where the database cannot be reached
 */
export async function takeDoor(url: string): Promise<DoorHold | null> {
  const socket = new Socket();
  const client = new Client({
    stream: () => socket,
    connectionString: url,
    connectionTimeoutMillis: doorLimits.connectTimeoutMs,
    query_timeout: doorLimits.checkTimeoutMs,
    keepAlive: true,
    application_name: 'guildhall-door',
  });
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  client.on('error', () => lose());
  client.on('end', () => lose());
  let ending: Promise<unknown> | null = null;
  const end = async () => {
    lose();
    const late = wait(doorLimits.endTimeoutMs, undefined, { ref: false });
    ending ??= Promise.race([client.end(), late]).catch(() => undefined);
    await ending;
    socket.destroy();
  };
  try {
    await client.connect();
    const { keepAliveIdleS, keepAliveIntervalS, keepAliveCount, unacknowledgedMs } = doorLimits;
    await client.query(
      `set tcp_keepalives_idle = ${keepAliveIdleS}; set tcp_keepalives_interval = ${keepAliveIntervalS};
       set tcp_keepalives_count = ${keepAliveCount}; set tcp_user_timeout = ${unacknowledgedMs}`,
    );
    const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [lockNumber]);
    if (!rows[0]?.taken) {
      await end();
      return null;
    }
  } catch (error) {
    await end();
    throw error;
  }
  const checking = setInterval(() => {
    client.query('select').catch(() => lose());
  }, doorLimits.checkPeriodMs);
  return {
    lost: lost.finally(() => clearInterval(checking)),
    release: end,
  };
}
