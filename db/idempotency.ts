/** Idempotency keys: what a caller asked under which key, and what came of it. */

import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

export const idempotencyLimits = {
  /** A key is remembered this long; then it can be used for something else. */
  keepHours: 24,
} as const;

export type Key = {
  caller: string;
  key: string;
  /** SHA-256 of what is asked, in hexadecimal. */
  asked: string;
};

export type KeptKey = { asked: string; outcome: string };

/**
 * Rows exactly where the statement may go on: there is no key, or it is the caller's first use of it, which is noted with
 * what comes of it. Two statements that take one key wait for each other, and the second has no row.
 * @param when a condition without which the key is left alone
 */
export function takeKey(key: Key | null, outcome: string, when: SQL): SQL {
  if (key === null) return sql`select 1 as taken where ${when}`;
  return sql`insert into idempotency_key (caller, key, asked, outcome)
    select ${key.caller}, ${key.key}, ${key.asked}, ${outcome} where ${when}
    on conflict (caller, key) do update set asked = excluded.asked, outcome = excluded.outcome, at = now()
      where idempotency_key.at < now() - ${idempotencyLimits.keepHours} * interval '1 hour'
    returning 1 as taken`;
}

/** Notes the key of what has just been done, with the id that `from` has: for what cannot be done twice by itself. */
export function noteKey(key: Key | null, from: SQL): SQL {
  if (key === null) return sql`select 1 as noted`;
  return sql`insert into idempotency_key (caller, key, asked, outcome)
    select ${key.caller}, ${key.key}, ${key.asked}, id from ${from}
    on conflict (caller, key) do update set asked = excluded.asked, outcome = excluded.outcome, at = now()
      where idempotency_key.at < now() - ${idempotencyLimits.keepHours} * interval '1 hour'
    returning 1 as noted`;
}

/** What came of the caller's earlier use of the key; null where there was none. */
export async function keptKey(db: Database, caller: string, key: string): Promise<KeptKey | null> {
  const result = await db.execute(sql`
    select asked, outcome from idempotency_key
    where caller = ${caller} and key = ${key}
      and at >= now() - ${idempotencyLimits.keepHours} * interval '1 hour'`);
  return rowsOf<KeptKey>(result)[0] ?? null;
}

export async function forgetKeys(db: Database): Promise<number> {
  const result = await db.execute(sql`
    delete from idempotency_key where at < now() - ${idempotencyLimits.keepHours} * interval '1 hour'
    returning 1`);
  return rowsOf(result).length;
}
