/** Subscriptions to queries: who is told of what, and until when. */

import { type SQL, sql } from 'drizzle-orm';
import { type SubscriptionRecord, subscriptionLimits } from '../market/subscription.ts';
import { forgetQueries, keepQuery, type MadeQuery } from './asked-queries.ts';
import { type Database, rowsOf, textArray } from './database.ts';

const isLive = sql`until > now()`;

/** Who subscribes waits for whoever else does, so that no bound is passed by two at once. Ends with the transaction. */
async function holdSubscriptions(tx: Database): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('guildhall.subscriptions'))`);
}

export type NewSubscription = {
  id: string;
  jid: string;
  site: string;
  query: MadeQuery;
  days: number;
};

export type SubscriptionOutcome =
  | { outcome: 'subscribed'; id: string; until: Date; isNew: boolean }
  | { outcome: 'full'; of: 'jid' | 'site' | 'all' | 'unanchored' | 'measured' };

/** Subscribes; who has that query already has it renewed instead. */
export async function subscribe(db: Database, given: NewSubscription): Promise<SubscriptionOutcome> {
  const { id, jid, site, query, days } = given;
  return db.transaction(async (tx) => {
    await holdSubscriptions(tx);
    const [known] = rowsOf<{ id: string }>(
      await tx.execute(
        sql`select id from subscription where jid = ${jid} and query = ${query.hash} and ${isLive}`,
      ),
    );
    const full = known ? null : await whatIsFull(tx, given);
    if (full) return { outcome: 'full', of: full };
    await keepQuery(tx, query);
    // What is left of one whose end was not told yet gives way.
    if (!known) await tx.execute(sql`delete from subscription where jid = ${jid} and query = ${query.hash}`);
    const [row] = rowsOf<{ id: string; untilMs: number }>(
      await tx.execute(sql`
        insert into subscription (id, jid, site, query, since, until, warn_at)
        select ${id}, ${jid}, ${site}, ${query.hash}, seq, ${untilOf(days)}, ${warnOf(days)} from change_head
        on conflict (jid, query) do update set
          until = excluded.until, warn_at = excluded.warn_at, bounces = 0
        returning id, extract(epoch from until)::float8 * 1000 as "untilMs"`),
    );
    if (!row) throw new Error('the change feed has no head');
    return { outcome: 'subscribed', id: row.id, until: new Date(Math.floor(row.untilMs)), isNew: !known };
  });
}

async function whatIsFull(
  tx: Database,
  { jid, site, query }: NewSubscription,
): Promise<'jid' | 'site' | 'all' | 'unanchored' | 'measured' | null> {
  const { perJidMax, perSiteMax, subscriptionsMax, unanchoredMax, measuredMax } = subscriptionLimits;
  const queries = (where: SQL) =>
    sql`(select count(*)::int from asked_query where ${where} and hash <> ${query.hash})`;
  const [row] = rowsOf<{ own: number; site: number; all: number; unanchored: number; measured: number }>(
    await tx.execute(sql`
      select
        (select count(*)::int from subscription where jid = ${jid} and ${isLive}) as own,
        (select count(*)::int from subscription where site = ${site}) as site,
        (select count(*)::int from subscription) as all,
        ${queries(sql`not is_anchored`)} as unanchored,
        ${queries(sql`is_measured`)} as measured`),
  );
  if (!row) throw new Error('counting gave no row');
  if (row.own >= perJidMax) return 'jid';
  if (row.site >= perSiteMax) return 'site';
  if (row.all >= subscriptionsMax) return 'all';
  if (query.anchors === null && row.unanchored >= unanchoredMax) return 'unanchored';
  if (query.isMeasured && row.measured >= measuredMax) return 'measured';
  return null;
}

function untilOf(days: number): SQL {
  return sql`now() + ${days} * interval '1 day'`;
}

function warnOf(days: number): SQL {
  return sql`${untilOf(days)} - least(${subscriptionLimits.warnHours} * interval '1 hour', ${days} * interval '12 hours')`;
}

/** The agent's subscriptions whose lease runs, the oldest first. */
export async function liveSubscriptions(db: Database, jid: string): Promise<SubscriptionRecord[]> {
  const rows = rowsOf<{ id: string; query: string; createdMs: number; untilMs: number; waiting: number }>(
    await db.execute(sql`
      select id, text as query, extract(epoch from created)::float8 * 1000 as "createdMs",
        extract(epoch from until)::float8 * 1000 as "untilMs",
        (select count(*)::int from alert where alert.subscription = id) as waiting
      from subscription join asked_query on hash = query
      where jid = ${jid} and ${isLive} order by created, id`),
  );
  return rows.map(({ createdMs, untilMs, ...row }) => ({
    ...row,
    created: new Date(Math.floor(createdMs)),
    until: new Date(Math.floor(untilMs)),
  }));
}

/** Has the agent's own subscriptions of these ids run from now on; returns those that do. */
export async function renewSubscriptions(
  db: Database,
  jid: string,
  ids: string[],
  days: number,
): Promise<string[]> {
  const rows = rowsOf<{ id: string }>(
    await db.execute(sql`
      update subscription set until = ${untilOf(days)}, warn_at = ${warnOf(days)}, bounces = 0
      where jid = ${jid} and ${isLive} and id = any(${textArray(ids)})
      returning id`),
  );
  return rows.map(({ id }) => id);
}

/** Ends the agent's own subscriptions of these ids, with what waits to be told; returns those that were there. */
export async function cancelSubscriptions(db: Database, jid: string, ids: string[]): Promise<string[]> {
  const rows = rowsOf<{ id: string }>(
    await db.execute(sql`
      delete from subscription where jid = ${jid} and id = any(${textArray(ids)}) returning id`),
  );
  return rows.map(({ id }) => id);
}

/** Ends every subscription of the agent; returns how many there were. */
export async function endSubscriptions(db: Database, jid: string): Promise<number> {
  return rowsOf(await db.execute(sql`delete from subscription where jid = ${jid} returning id`)).length;
}

/** Counts messages that came back, and ends what has too many of them; returns the ids of those that ended. */
export async function countBounces(
  db: Database,
  bounces: { jid: string; id: string; count: number }[],
): Promise<string[]> {
  const rows = rowsOf<{ id: string }>(
    await db.execute(sql`
      with back as (
        update subscription set bounces = least(bounces + row.count, ${subscriptionLimits.bouncesMax})
        from jsonb_to_recordset(${JSON.stringify(bounces)}::jsonb) as row(jid text, id text, count integer)
        where subscription.id = row.id and subscription.jid = row.jid
        returning subscription.id, bounces
      )
      select id from back where bounces >= ${subscriptionLimits.bouncesMax}`),
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await db.execute(sql`delete from subscription where id = any(${textArray(ids)})`);
  return ids;
}

/** Forgets queries that nobody subscribes to. */
export async function sweepQueries(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    await holdSubscriptions(tx);
    return forgetQueries(tx);
  });
}
