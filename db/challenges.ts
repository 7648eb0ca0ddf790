/** Requests for a token that an address is asked to confirm over XMPP (XEP-0070). */

import { sql } from 'drizzle-orm';
import type { TokenScope } from '../market/token.ts';
import { known } from './consent.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { enqueueFrom } from './jobs.ts';

export const challengeLimits = {
  /** How long it can be confirmed and picked up; the next of the same address waits for it. */
  minutes: 2,
  /** Asked of one address in an hour. */
  perHourMax: 10,
  /** Outstanding ones of one requester: nobody has the directory write to everybody it knows. */
  perRequesterMax: 60,
} as const;

export type ChallengeState = 'waiting' | 'granted' | 'denied' | 'failed' | 'taken';

export type NewChallenge = {
  id: string;
  /** Bare, and as it was given: both prepared. */
  jid: string;
  address: string;
  code: string;
  thread: string;
  verifierHash: string;
  scopes: TokenScope[];
  days: number;
  label: string | null;
  /** What is confirmed: the address of the HTTP request. */
  url: string;
  /** Who asks, as far as it is known. */
  requester: string;
};

export type ChallengeOutcome =
  | { outcome: 'asked'; expires: Date }
  | { outcome: 'unknown' | 'pending' | 'too-many' };

/**
 * Keeps a challenge and enqueues that its address is asked; at most one of an address is outstanding. An address that never
 * had to do with the directory is not asked: nobody is to be bothered by strangers through it.
 */
export async function insertChallenge(
  db: Database,
  of: NewChallenge,
  limits: { minutes: number; perHourMax: number; perRequesterMax?: number } = challengeLimits,
): Promise<ChallengeOutcome> {
  const { jid, id } = of;
  const { perRequesterMax = challengeLimits.perRequesterMax } = limits;
  const result = await db.execute(sql`
    with known as (
      select ${known(jid)} as known, (
        select count(*) from challenge
        where requester = ${of.requester} and state in ('waiting', 'granted') and expires > now()
      ) < ${perRequesterMax} as free
    ), asked as (
      insert into challenge (jid, id, address, code, thread, verifier_hash, scopes, days, label, url, requester, state,
        created, expires, asked, asked_since)
      select ${jid}, ${id}, ${of.address}, ${of.code}, ${of.thread}, ${of.verifierHash}, ${textArray(of.scopes)},
        ${of.days}::int, ${of.label}, ${of.url}, ${of.requester}, 'waiting', now(),
        now() + ${limits.minutes} * interval '1 minute', 1, now()
      from known where known and free
      on conflict (jid) do update set
        id = excluded.id, address = excluded.address, code = excluded.code, thread = excluded.thread,
        verifier_hash = excluded.verifier_hash, scopes = excluded.scopes, days = excluded.days,
        label = excluded.label, url = excluded.url, requester = excluded.requester, state = 'waiting',
        created = excluded.created, expires = excluded.expires,
        asked = case when challenge.asked_since < now() - interval '1 hour' then 1 else challenge.asked + 1 end,
        asked_since = case when challenge.asked_since < now() - interval '1 hour' then now()
          else challenge.asked_since end
      where (challenge.state not in ('waiting', 'granted') or challenge.expires <= now())
        and (challenge.asked < ${limits.perHourMax} or challenge.asked_since < now() - interval '1 hour')
      returning expires
    ), job as (${enqueueFrom(sql`asked`, [{ task: 'confirm', payload: { challenge: id } }])})
    select (select known from known) as known,
      (select extract(epoch from expires)::float8 * 1000 from asked) as "expiresMs",
      not (select free from known) or exists (select from challenge where jid = ${jid}
        and asked >= ${limits.perHourMax} and asked_since >= now() - interval '1 hour'
        and not (state in ('waiting', 'granted') and expires > now())) as "tooMany"`);
  const [row] = rowsOf<{ known: boolean; expiresMs: number | null; tooMany: boolean }>(result);
  if (row?.expiresMs) return { outcome: 'asked', expires: new Date(Math.floor(row.expiresMs)) };
  if (!row?.known) return { outcome: 'unknown' };
  // One that was asked for at the very same moment is not seen by this statement, and is pending all the same.
  return { outcome: row.tooMany ? 'too-many' : 'pending' };
}

export type Outstanding = Pick<
  NewChallenge,
  'id' | 'jid' | 'address' | 'code' | 'thread' | 'scopes' | 'days' | 'url' | 'requester'
> & { expiresMs: number };

/** What is still to be confirmed: by the challenge's id, or by the address that answers. */
export async function outstandingChallenge(
  db: Database,
  by: { id: string } | { jid: string },
): Promise<Outstanding | null> {
  const which = 'id' in by ? sql`id = ${by.id}` : sql`jid = ${by.jid}`;
  const result = await db.execute(sql`
    select id, jid, address, code, thread, scopes, days, url, requester,
      extract(epoch from expires)::float8 * 1000 as "expiresMs"
    from challenge where ${which} and state = 'waiting' and expires > now()`);
  return rowsOf<Outstanding>(result)[0] ?? null;
}

/** Notes the address's answer; false where there is nothing to answer any more. */
export async function answerChallenge(
  db: Database,
  id: string,
  state: 'granted' | 'denied' | 'failed',
): Promise<boolean> {
  const result = await db.execute(sql`
    update challenge set state = ${state} where id = ${id} and state = 'waiting' and expires > now()
    returning id`);
  return rowsOf(result).length > 0;
}

/** How the challenge stands for whoever has its verifier; null where there is none, or the verifier is another's. */
export async function challengeState(
  db: Database,
  id: string,
  verifierHash: string,
): Promise<{ state: ChallengeState | 'expired'; expires: Date } | null> {
  const result = await db.execute(sql`
    select case when expires <= now() and state in ('waiting', 'granted') then 'expired' else state end as state,
      extract(epoch from expires)::float8 * 1000 as "expiresMs"
    from challenge where id = ${id} and verifier_hash = ${verifierHash}`);
  const [row] = rowsOf<{ state: ChallengeState | 'expired'; expiresMs: number }>(result);
  return row ? { state: row.state, expires: new Date(Math.floor(row.expiresMs)) } : null;
}

export type TakenToken = { jid: string; scopes: TokenScope[]; label: string | null; expires: Date };

/**
 * Turns a granted challenge into a token, once. Null where it is not granted, was picked up, or is another's.
 * @param max tokens of one agent that can be used at the same time; with as many nothing is picked up
 */
export async function takeChallenge(
  db: Database,
  of: { id: string; verifierHash: string; tokenId: string; tokenHash: string },
  max: number,
): Promise<TakenToken | null> {
  const result = await db.execute(sql`
    with taken as (
      update challenge set state = 'taken'
      where id = ${of.id} and verifier_hash = ${of.verifierHash} and state = 'granted' and expires > now()
        and (select count(*) from token
          where token.jid = challenge.jid and revoked is null and token.expires > now()) < ${max}
      returning jid, scopes, days, label
    )
    insert into token (id, jid, hash, scopes, label, expires)
    select ${of.tokenId}, jid, ${of.tokenHash}, scopes, label, now() + days * interval '1 day' from taken
    returning jid, scopes, label, extract(epoch from expires)::float8 * 1000 as "expiresMs"`);
  const [row] = rowsOf<Omit<TakenToken, 'expires'> & { expiresMs: number }>(result);
  if (!row) return null;
  const { expiresMs, ...token } = row;
  return { ...token, expires: new Date(Math.floor(expiresMs)) };
}

/** Forgets challenges that nobody can answer, once they no longer count. */
export async function forgetChallenges(db: Database): Promise<number> {
  const result = await db.execute(sql`
    delete from challenge where expires < now() and asked_since < now() - interval '1 hour' returning 1`);
  return rowsOf(result).length;
}
