/** What waits to be told to subscribers, in the order of the change feed; each is taken away once it was told. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/** `listing` is null where it has changed again since: that change was, or will be, held against the query itself. */
export type WaitingAlert = {
  subscription: string;
  jid: string;
  query: string;
  untilMs: number;
  seq: number;
  listing: string | null;
};

export async function nextAlerts(db: Database, limit: number): Promise<WaitingAlert[]> {
  const rows = rowsOf<WaitingAlert & { seq: string }>(
    await db.execute(sql`
      select alert.subscription, jid, text as query, extract(epoch from until)::float8 * 1000 as "untilMs",
        alert.seq, change.id as listing
      from (select * from alert order by seq, subscription limit ${limit}) as alert
      join subscription on subscription.id = alert.subscription
      join asked_query on hash = subscription.query
      left join change on change.seq = alert.seq and change.op = 'put'
      order by alert.seq, alert.subscription`),
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

export async function dropAlerts(db: Database, told: { subscription: string; seq: number }[]): Promise<void> {
  await db.execute(sql`
    delete from alert using jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as row(subscription text, seq bigint)
    where alert.subscription = row.subscription and alert.seq = row.seq`);
}

/** What is to be told of a subscription itself, once its matches are. */
export type Notice = {
  kind: 'missed' | 'lapsing' | 'ended';
  subscription: string;
  jid: string;
  query: string;
  untilMs: number;
  /** The first match that was missed. */
  missedFrom: number | null;
};

export async function nextNotices(db: Database, limit: number): Promise<Notice[]> {
  const rows = rowsOf<Notice & { missedFrom: string | null }>(
    await db.execute(sql`
      select kind, id as subscription, jid, text as query, extract(epoch from until)::float8 * 1000 as "untilMs",
        missed_from as "missedFrom"
      from (
        (select id, 'missed' as kind, 1 as place from subscription where missed_from is not null)
        union all (select id, 'lapsing', 2 from subscription where warn_at <= now() and until > now())
        union all (select id, 'ended', 3 from subscription where until <= now())
      ) as due join subscription using (id) join asked_query on hash = query
      where not exists (select from alert where alert.subscription = id)
      order by place, id limit ${limit}`),
  );
  return rows.map((row) => ({ ...row, missedFrom: row.missedFrom === null ? null : Number(row.missedFrom) }));
}

/** Notes that they were told; one whose end was told is over. */
export async function settleNotices(db: Database, told: Notice[]): Promise<void> {
  const rows = told.map(({ kind, subscription, missedFrom }) => ({ kind, id: subscription, missedFrom }));
  await db.execute(sql`
    with told as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row(kind text, id text, "missedFrom" bigint)
    ), finished as (
      delete from subscription using told
      where subscription.id = told.id and kind = 'ended' and until <= now()
    )
    update subscription set
      missed_from = case when kind = 'missed' and missed_from = "missedFrom" then null else missed_from end,
      warn_at = case when kind = 'lapsing' and warn_at <= now() then null else warn_at end
    from told where subscription.id = told.id and kind <> 'ended'`);
}
