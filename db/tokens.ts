/** HTTP tokens. */

import { and, desc, eq, sql } from 'drizzle-orm';
import type { TokenScope } from '../market/token.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { token } from './schema.ts';

export type NewToken = {
  id: string;
  jid: string;
  hash: string;
  scopes: TokenScope[];
  label: string | null;
  /** How long it can be used. */
  days: number;
};

export type TokenRecord = {
  id: string;
  scopes: string[];
  label: string | null;
  created: Date;
  expires: Date;
  used: Date | null;
};

const isLive = sql`revoked is null and expires > now()`;

/**
 * Keeps a token's hash. Returns when the token expires; null where the agent has as many as it may have.
 * @param max tokens of one agent that can be used at the same time
 */
export async function insertToken(db: Database, given: NewToken, max: number): Promise<Date | null> {
  const { id, jid, hash, scopes, label, days } = given;
  const result = await db.execute(sql`
    insert into token (id, jid, hash, scopes, label, expires)
    select ${id}, ${jid}, ${hash}, ${textArray(scopes)},
      ${label}, now() + ${days} * interval '1 day'
    where (select count(*) from token where jid = ${jid} and ${isLive}) < ${max}
    returning extract(epoch from expires)::float8 * 1000 as "expiresMs"`);
  const [row] = rowsOf<{ expiresMs: number }>(result);
  return row ? new Date(Math.floor(row.expiresMs)) : null;
}

export type TokenUse = { id: string; jid: string; scopes: TokenScope[] };

/** How often at most it is written that a token was used: not at every read. */
const usedEverySeconds = 60;

/** Whose token has that hash, and what it is for; null where there is none that can be used. */
export async function useToken(db: Database, hash: string): Promise<TokenUse | null> {
  const result = await db.execute(sql`
    with found as (
      select id, jid, scopes, used from token where hash = ${hash} and ${isLive}
    ), touched as (
      update token set used = now() where id in (
        select id from found
        where used is null or used < now() - ${usedEverySeconds} * interval '1 second')
    )
    select id, jid, scopes from found`);
  return rowsOf<TokenUse>(result)[0] ?? null;
}

/** The agent's tokens that can be used, youngest first. */
export async function liveTokens(db: Database, jid: string): Promise<TokenRecord[]> {
  return db
    .select({
      id: token.id,
      scopes: token.scopes,
      label: token.label,
      created: token.created,
      expires: token.expires,
      used: token.used,
    })
    .from(token)
    .where(and(eq(token.jid, jid), isLive))
    .orderBy(desc(token.created), token.id);
}

/** Ends the agent's own tokens of these ids at once; returns the ids that were ended. */
export async function revokeTokens(db: Database, jid: string, ids: string[]): Promise<string[]> {
  const result = await db.execute(sql`
    update token set revoked = now()
    where jid = ${jid} and ${isLive}
      and id = any(${textArray(ids)})
    returning id`);
  return rowsOf<{ id: string }>(result).map(({ id }) => id);
}

/** Deletes what is left of tokens that ended this long ago. */
export async function forgetTokens(db: Database, keepDays: number): Promise<number> {
  const result = await db.execute(sql`
    delete from token where least(revoked, expires) < now() - ${keepDays} * interval '1 day' returning id`);
  return rowsOf(result).length;
}
