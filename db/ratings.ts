/** Ratings: written entry by entry, each in one statement, and read by whoever looks at who is rated. */

import { and, asc, eq, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Contract } from '../market/contract/contract.ts';
import type { Side } from '../market/contract/states.ts';
import type { RatingEntry, StandingRating } from '../market/reputation/history.ts';
import type { Aspects } from '../market/reputation/rating.ts';
import type { Scored } from '../market/reputation/scored.ts';
import { type Database, rowsOf } from './database.ts';
import { type Key, noteKey } from './idempotency.ts';
import { enqueueFrom, type Job } from './jobs.ts';
import { rating, ratingEvent } from './schema.ts';

export const ratingWriteLimits = {
  /** A score with many ratings is computed less often: it may take this much of the time for each of them. */
  computePerRatingMs: 5,
  /** Of those that a rater has dealt with, so many tell it from others. */
  dealtMax: 1_000,
} as const;

/**
 * Writes the next entry of a rating, with what it then adds up to, makes the scores due that it touches, and notes the
 * caller's key: all or nothing. False where the rating has another entry of that number, or the contract has moved: then
 * nothing is written.
 * @param after the rating that the entry leaves
 * @param contract as the entry was allowed by it
 */
export async function writeRating(
  db: Database,
  of: {
    entry: RatingEntry;
    after: StandingRating;
    raterHost: string;
    contract: Pick<Contract, 'id' | 'version'>;
    touched: Scored[];
    jobs: Job[];
    key: Key | null;
  },
): Promise<boolean> {
  const { entry, after, raterHost, contract, touched, jobs, key } = of;
  const { contract: id, by, rater, subject, listing, isPaid, version, score, text, reply } = after;
  const { dealtMax, computePerRatingMs } = ratingWriteLimits;
  const result = await db.execute(sql`
    with rated as (
      select id from contract where id = ${id} and version = ${contract.version}::int for share
    ), made as (
      insert into rating_event (contract, by, seq, at, act, score, correct, on_time, as_described, text)
      select id, ${by}, ${entry.seq}::int, ${time(entry.at)}, ${entry.act}, ${entry.score}::smallint,
        ${aspectValues(entry.aspects)}, ${entry.text}
      from rated
      on conflict (contract, by, seq) do nothing
      returning contract as id
    ), stands as (
      insert into rating as known (contract, by, rater, rater_host, rater_dealt, subject, listing, is_paid, version, score,
        correct, on_time, as_described, text, at, changed, withdrawn, reply, replied)
      select id, ${by}, ${rater}, ${raterHost},
        (select count(*) from (select from dealing where party = ${rater} limit ${dealtMax}) as dealt)::int,
        ${subject}, ${listing}, ${isPaid}::boolean, ${version}::int, ${score}::smallint,
        ${aspectValues(after.aspects)}, ${text}, ${time(after.at)}, ${time(after.changed)}, ${time(after.withdrawn)},
        ${reply?.text ?? null}, ${time(reply?.at ?? null)}
      from made
      on conflict (contract, by) do update set
        version = excluded.version, score = excluded.score, correct = excluded.correct, on_time = excluded.on_time,
        as_described = excluded.as_described, text = excluded.text, changed = excluded.changed,
        withdrawn = excluded.withdrawn, reply = excluded.reply, replied = excluded.replied
    ), score as (
      insert into reputation as known (kind, subject, events, due)
      select scored.kind, scored.subject, 1, now()
      from made cross join jsonb_to_recordset(${JSON.stringify(touched)}::jsonb) as scored(kind text, subject text)
      order by scored.kind, scored.subject
      on conflict (kind, subject) do update set events = known.events + 1,
        due = least(known.due, greatest(now(),
          coalesce(known.computed, '-infinity') + known.count * ${computePerRatingMs} * interval '1 millisecond'))
    ), job as (${enqueueFrom(sql`made`, jobs)}), noted as (${noteKey(key, sql`made`)})
    select exists (select from made) as made, (select count(*) from job)::int as jobs`);
  return rowsOf<{ made: boolean }>(result)[0]?.made ?? false;
}

/** In the order of the columns; null for what is not said. */
function aspectValues({ correct = null, onTime = null, asDescribed = null }: Nulls<Aspects>): SQL {
  return sql`${correct}::boolean, ${onTime}::boolean, ${asDescribed}::boolean`;
}

type Nulls<T> = { [name in keyof T]: T[name] | null };

/** As text, since the two drivers write dates differently. */
function time(at: Date | null): SQL {
  return sql`${at?.toISOString() ?? null}::timestamptz`;
}

const { reply, replied, correct, onTime, asDescribed } = rating;
const standing = {
  ...{ contract: rating.contract, by: rating.by, rater: rating.rater, subject: rating.subject },
  ...{ listing: rating.listing, isPaid: rating.isPaid, version: rating.version, score: rating.score },
  ...{ correct, onTime, asDescribed, text: rating.text, at: rating.at, changed: rating.changed },
  ...{ withdrawn: rating.withdrawn, reply, replied, isForgotten: rating.isForgotten },
};

type Row = Omit<StandingRating, 'aspects' | 'reply'> & {
  [name in keyof Required<Aspects>]: boolean | null;
} & { reply: string | null; replied: Date | null; isForgotten: boolean };

export type KeptRating = StandingRating & { isForgotten: boolean };

function standingOf({ correct, onTime, asDescribed, reply, replied, ...row }: Row): KeptRating {
  return {
    ...row,
    aspects: aspectsOf({ correct, onTime, asDescribed }),
    reply: replied && { text: reply, at: replied },
  };
}

function aspectsOf(said: { [name in keyof Required<Aspects>]: boolean | null }): Aspects {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)) as Aspects;
}

/** What the two sides of a contract say of each other. */
export async function contractRatings(
  db: Database,
  contract: string,
): Promise<{ [side in Side]: KeptRating | null }> {
  const rows = await db.select(standing).from(rating).where(eq(rating.contract, contract));
  const of = (side: Side) => {
    const row = rows.find(({ by }) => by === side);
    return row ? standingOf(row) : null;
  };
  return { client: of('client'), provider: of('provider') };
}

/** Every entry of one side's rating. */
export async function ratingHistory(db: Database, contract: string, by: Side): Promise<RatingEntry[]> {
  const { seq, at, act, score, correct, onTime, asDescribed, text } = ratingEvent;
  const rows = await db
    .select({ seq, at, act, score, correct, onTime, asDescribed, text })
    .from(ratingEvent)
    .where(and(eq(ratingEvent.contract, contract), eq(ratingEvent.by, by)))
    .orderBy(asc(seq));
  return rows.map(({ correct, onTime, asDescribed, ...row }) => ({
    ...row,
    aspects: aspectsOf({ correct, onTime, asDescribed }),
  }));
}

/** True of the ratings that a score is made of. */
export function ratingsAbout({ kind, subject }: Scored): SQL {
  switch (kind) {
    case 'listing':
      return sql`rating.listing = ${subject} and rating.by = 'client'`;
    case 'provider':
      return sql`rating.subject = ${subject} and rating.by = 'client'`;
    case 'client':
      return sql`rating.subject = ${subject} and rating.by = 'provider'`;
  }
}

/** The ratings of one subject, newest first, the withdrawn ones among them; `after` is the last one of the page before. */
export async function listRatings(
  db: Database,
  of: Scored,
  page: { after: { at: Date; contract: string } | null; limit: number },
): Promise<KeptRating[]> {
  const { after } = page;
  const rows = await db
    .select(standing)
    .from(rating)
    .where(
      and(
        ratingsAbout(of),
        after
          ? or(
              lt(rating.at, after.at),
              and(eq(rating.at, after.at), sql`${rating.contract} > ${after.contract}`),
            )
          : undefined,
      ),
    )
    .orderBy(sql`${rating.at} desc nulls last`, rating.contract)
    .limit(page.limit);
  return rows.map(standingOf);
}

/** When the address was rated first; null where it never was. */
export async function firstRated(db: Database, jid: string): Promise<Date | null> {
  const [row] = await db
    .select({ at: sql<Date | null>`min(${rating.at})`.mapWith(rating.at) })
    .from(rating)
    .where(eq(rating.subject, jid));
  return row?.at ?? null;
}

/**
 * Erases the words that a party wrote in ratings and in answers to them, has nobody told any more who rated, nor what was
 * said of it. What it said in numbers stays: it is the other side's history too.
 */
export async function forgetRater(db: Database, jid: string): Promise<void> {
  await db.execute(sql`
    with given as (
      update rating set text = null, is_forgotten = true where rater = ${jid} returning contract, by
    ), answered as (
      update rating set reply = null where subject = ${jid} and reply is not null returning contract, by
    ), hidden as (
      update reputation set is_hidden = true where kind in ('provider', 'client') and subject = ${jid}
    )
    update rating_event as said set text = null
    where said.text is not null and (
      (said.contract, said.by) in (select contract, by from given) and said.act <> 'reply'
      or (said.contract, said.by) in (select contract, by from answered) and said.act = 'reply')`);
}
