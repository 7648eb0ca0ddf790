/**
 * What was observed of agents, by hour, and what it folds to. Only of agents that are watched: of others nothing is
 * taken in, and what there was is deleted.
 */

import { type SQL, sql } from 'drizzle-orm';
import type { Signal, Uptime } from '../market/listing.ts';
import { foldUptime, type HourCount, medianMs, windowHours } from '../market/uptime.ts';
import { withdrawnLease } from './consent.ts';
import type { Database } from './database.ts';

export const vitalityLimits = {
  /** Reply times of which the median is taken: the last so many. */
  replyTimesMax: 25,
  /** Longer than any window by the hour in which it began. */
  observationHoursMax: windowHours.d30 + 1,
  /** What was folded longer ago says nothing of now, and is not shown. */
  shownHours: 24,
  /** Agents that are folded at once; a month of one is some 30 kB. */
  foldBatchMax: 100,
} as const;

/**
 * True where the agent of that JID is watched: its presence is known by its subscription, it did not deregister, and
 * it does not state `presence=deny`. An agent that only registered is not: whether it is online cannot be known.
 */
export function watched(jid: SQL): SQL {
  // Names of their own: where `jid` is a column of one of these tables, theirs must not hide it.
  return sql`(
    exists (select from consent subscribed where subscribed.jid = ${jid})
    and not exists (select from registration ended where ended.jid = ${jid} and ended.lease_until = ${withdrawnLease})
    and not exists (select from agent denying where denying.jid = ${jid} and denying.presence_denied))`;
}

/** `replyMs`: how long the agent took to answer, where it did. */
export type Observation = { jid: string; signal: Signal; good: boolean; replyMs: number | null };

/** Counts the observations into the current hour, all in one statement. */
export async function observe(db: Database, observations: Observation[]): Promise<void> {
  if (observations.length === 0) return;
  await db.execute(sql`
    with seen as (
      select row.* from jsonb_to_recordset(${JSON.stringify(observations)}::jsonb)
        as row(jid text, signal text, good boolean, "replyMs" integer)
      where ${watched(sql`row.jid`)}
    ), counted as (
      insert into observation (jid, signal, hour, good, bad)
      select jid, signal, date_trunc('hour', now(), 'UTC'),
        count(*) filter (where good), count(*) filter (where not good)
      from seen group by jid, signal order by jid, signal
      on conflict (jid, signal, hour) do update set
        good = observation.good + excluded.good, bad = observation.bad + excluded.bad
    )
    insert into vitality (jid, reply_ms)
    select jid, coalesce(array_agg("replyMs") filter (where "replyMs" is not null), '{}')
    from seen group by jid order by jid
    on conflict (jid) do update set
      reply_ms = (vitality.reply_ms || excluded.reply_ms)[
        greatest(1, cardinality(vitality.reply_ms || excluded.reply_ms) - ${vitalityLimits.replyTimesMax - 1}::int):]`);
}

/** What a visit showed of an agent; null where the visit had no way to ask. */
export type VisitObservation = {
  jid: string;
  /** Its disco#info was there and could be read. */
  describes: boolean | null;
  /** Its list of commands was answered, be it with none. */
  answers: boolean | null;
  /** How long one answer took, without the wait for one's turn. */
  replyMs: number | null;
};

/** Takes in what a visit showed. That an agent does not answer while it is offline is no news, and left out. */
export async function observeVisit(db: Database, visit: VisitObservation): Promise<void> {
  const { jid, replyMs } = visit;
  const signals = (['describes', 'answers'] as const).flatMap((signal) => {
    const good = visit[signal];
    return good === null ? [] : [{ jid, signal, good, replyMs: null }];
  });
  const [first, ...others] = signals;
  if (!first) return;
  const observations = [{ ...first, replyMs }, ...others];
  const mayBeOffline = jid.includes('@') && signals.some(({ good }) => !good);
  const offline = mayBeOffline && !(await isOnline(db, jid));
  await observe(db, offline ? observations.filter(({ good }) => good) : observations);
}

async function isOnline(db: Database, jid: string): Promise<boolean> {
  return rowsOf(await db.execute(sql`select from presence where jid = ${jid} limit 1`)).length > 0;
}

/**
 * Folds the observations of agents that were not folded for a while, the longest waiting first; returns how many.
 * @param periodMs the time for which one observation stands
 */
export async function foldVitality(db: Database, periodMs: number, foldMs: number): Promise<number> {
  const result = await db.execute(sql`
    with due as (
      select jid, reply_ms from vitality
      where folded is null or folded <= now() - ${foldMs} * interval '1 millisecond'
      order by folded nulls first, jid limit ${vitalityLimits.foldBatchMax}
    )
    select due.jid, to_jsonb(due.reply_ms) as "replyMs", extract(epoch from now())::float8 * 1000 as "nowMs",
      coalesce((
        select jsonb_agg(jsonb_build_array(signal, extract(epoch from hour)::bigint * 1000, good, bad))
        from observation where observation.jid = due.jid
          and hour > now() - ${vitalityLimits.observationHoursMax} * interval '1 hour'
      ), '[]') as counts
    from due`);
  const rows = rowsOf<{ jid: string; replyMs: number[]; nowMs: number; counts: CountRow[] }>(result);
  if (rows.length === 0) return 0;
  const folds = rows.map(({ jid, replyMs, nowMs, counts }) => ({
    jid,
    median: medianMs(replyMs),
    ...foldUptime(counts.map(countOf), nowMs, periodMs),
  }));
  await db.execute(sql`
    update vitality set median_reply_ms = median, uptime_1d = d1, uptime_7d = d7, uptime_30d = d30, folded = now()
    from jsonb_to_recordset(${JSON.stringify(folds)}::jsonb)
      as row(jid text, median integer, d1 real, d7 real, d30 real)
    where vitality.jid = row.jid`);
  return rows.length;
}

/** Signal, hour, good, bad: an agent has up to thousands of these, so their names stay out of the answer. */
type CountRow = [Signal, number, number, number];

function countOf([signal, hour, good, bad]: CountRow): HourCount {
  return { signal, hour, good, bad };
}

/** Deletes what is older than every window. */
export async function deleteOldObservations(db: Database): Promise<void> {
  await db.execute(sql`
    delete from observation where hour < now() - ${vitalityLimits.observationHoursMax} * interval '1 hour'`);
}

/** Deletes everything observed of an agent: for the moment in which it unsubscribes or deregisters. */
export function forgetVitality(db: Database, jid: string): Promise<void> {
  return forget(db, sql`jid = ${jid}`);
}

/** Deletes what was observed of agents that are no longer watched. */
export function forgetUnwatched(db: Database): Promise<void> {
  return forget(db, sql`not ${watched(sql`vitality.jid`)}`);
}

/** Whatever was observed of an agent, it has a row of vitality too. */
async function forget(db: Database, where: SQL): Promise<void> {
  await db.execute(sql`
    with gone as (delete from vitality where ${where} returning jid)
    delete from observation where jid in (select jid from gone)`);
}

export type Vitality = { uptime: Uptime; replyMs: number | null };

export const unknownVitality: Vitality = { uptime: { d1: null, d7: null, d30: null }, replyMs: null };

/**
 * The column by which readers of listings and agents select vitality, by its primary key; null where withheld.
 * @param jid the agent's
 * @param shown true where the agent's presence may be shown
 */
export function vitalityColumn(jid: SQL, shown: SQL): SQL.Aliased<Vitality | null> {
  return sql<Vitality | null>`(
    select jsonb_build_object('replyMs', known.median_reply_ms, 'uptime', jsonb_build_object(
      'd1', known.uptime_1d, 'd7', known.uptime_7d, 'd30', known.uptime_30d))
    from vitality known
    where known.jid = ${jid} and known.folded > now() - ${vitalityLimits.shownHours} * interval '1 hour'
      and (${shown}))`.as('vitality');
}

/** Both drivers answer raw statements with an object that has `rows`. */
function rowsOf<Row = unknown>(result: unknown): Row[] {
  return (result as { rows: Row[] }).rows;
}
