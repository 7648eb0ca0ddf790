/** The news: who is told of every change of the index, and what they have been told. */

import { type SQL, sql } from 'drizzle-orm';
import { newsLimits } from '../market/subscription.ts';
import type { FeedChange } from './changes.ts';
import { type Database, rowsOf, textArray } from './database.ts';

export type NewsSubscriber = { jid: string; address: string; seq: number };

/** Keeps who is told, from the head on; who is told already, at this address from now on. Null where there is no room. */
export async function subscribeToNews(
  db: Database,
  { jid, address, site }: { jid: string; address: string; site: string },
): Promise<'subscribed' | null> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('guildhall.news'))`);
    const rows = rowsOf(
      await tx.execute(sql`
        insert into news_subscriber (jid, address, site, seq)
        select ${jid}, ${address}, ${site}, seq from change_head
        where exists (select from news_subscriber where jid = ${jid}) or (
          (select count(*) from news_subscriber) < ${newsLimits.subscribersMax}
          and (select count(*) from news_subscriber where site = ${site}) < ${newsLimits.perSiteMax})
        on conflict (jid) do update set address = excluded.address, bounces = 0
        returning jid`),
    );
    return rows.length > 0 ? 'subscribed' : null;
  });
}

/** True where it was subscribed. */
export async function unsubscribeFromNews(db: Database, jid: string): Promise<boolean> {
  return (
    rowsOf(await db.execute(sql`delete from news_subscriber where jid = ${jid} returning jid`)).length > 0
  );
}

/** The address that the agent subscribed; null for none. */
export async function newsAddressOf(db: Database, jid: string): Promise<string | null> {
  const [row] = rowsOf<{ address: string }>(
    await db.execute(sql`select address from news_subscriber where jid = ${jid}`),
  );
  return row?.address ?? null;
}

/** Has those who are too far behind skip the oldest changes, and returns where the hindmost stands; null where nobody is behind. */
export async function hindmostReader(db: Database): Promise<number | null> {
  await db.execute(sql`
    update news_subscriber set seq = floor.seq
    from (select seq from change order by seq desc offset ${newsLimits.backlogMax} limit 1) as floor
    where news_subscriber.seq < floor.seq`);
  const [row] = rowsOf<{ seq: string | null }>(
    await db.execute(sql`
      select min(news_subscriber.seq) as seq from news_subscriber, change_head where news_subscriber.seq < change_head.seq`),
  );
  return row?.seq == null ? null : Number(row.seq);
}

/** Those who have not been told of this change, in a fixed order. */
export async function readersBehind(db: Database, seq: number): Promise<NewsSubscriber[]> {
  const rows = rowsOf<{ jid: string; address: string; seq: string }>(
    await db.execute(sql`select jid, address, seq from news_subscriber where seq < ${seq} order by jid`),
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** Notes what each was told last. */
export async function moveReaders(db: Database, told: { jid: string; seq: number }[]): Promise<void> {
  await db.execute(sql`
    update news_subscriber set seq = greatest(news_subscriber.seq, row.seq)
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as row(jid text, seq bigint)
    where news_subscriber.jid = row.jid`);
}

/** Counts messages that came back, and drops who has too many of them; returns those who are dropped. */
export async function countNewsBounces(
  db: Database,
  bounces: { jid: string; count: number }[],
): Promise<string[]> {
  const rows = rowsOf<{ jid: string }>(
    await db.execute(sql`
      with back as (
        update news_subscriber set bounces = least(bounces + row.count, ${newsLimits.bouncesMax})
        from jsonb_to_recordset(${JSON.stringify(bounces)}::jsonb) as row(jid text, count integer)
        where news_subscriber.jid = row.jid
        returning news_subscriber.jid, bounces
      )
      select jid from back where bounces >= ${newsLimits.bouncesMax}`),
  );
  const jids = rows.map(({ jid }) => jid);
  if (jids.length > 0) await db.execute(sql`delete from news_subscriber where jid = any(${textArray(jids)})`);
  return jids;
}

/** A page of the feed from either side of a number, in order. `from` null stands for that end of the feed. */
export async function changesBeside(
  db: Database,
  side: 'after' | 'before',
  from: number | null,
  limit: number,
): Promise<FeedChange[]> {
  const where = from === null ? sql`true` : side === 'after' ? sql`seq > ${from}` : sql`seq < ${from}`;
  const order = sql.raw(side === 'after' ? 'asc' : 'desc');
  return changesWhere(db, sql`where ${where} order by seq ${order} limit ${limit}`);
}

/** The changes of those numbers, as far as they are the latest of their listings. */
export async function changesNumbered(db: Database, seqs: number[]): Promise<FeedChange[]> {
  return changesWhere(db, sql`where seq = any(${`{${seqs.join(',')}}`}::bigint[])`);
}

async function changesWhere(db: Database, which: SQL): Promise<FeedChange[]> {
  const rows = rowsOf<FeedChange & { seq: string }>(
    await db.execute(sql`
      select * from (
        select seq, id, op, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from change ${which}
      ) as page order by seq`),
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}
