/** Scores: which are due, what they are computed from, and where they are kept. */

import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Side } from '../market/contract/states.ts';
import type { Reputation } from '../market/reputation/aggregate.ts';
import type { Aspects } from '../market/reputation/rating.ts';
import { type Scored, type ScoredKind, scoredKinds, shareOf } from '../market/reputation/scored.ts';
import type { ShownScore } from '../market/reputation/shown-score.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { ratingsAbout } from './ratings.ts';
import { reputation } from './schema.ts';

export const evidenceLimits = {
  /** Of the raters on one registered domain: they cannot weigh more than a few of them do. */
  ratingsPerHostMax: 40,
  /** Of all; beyond these, and of more domains than these, those are read whose raters have dealt with most others. */
  ratingsMax: 2_000,
  hostsMax: 20_000,
  /** Of those that one party has dealt with, the first. */
  dealingsPerPartyMax: 64,
} as const;

export const refreshLimits = {
  /** Time passes, and raters become known by what they do elsewhere: a score is computed anew after this time. */
  refreshHours: 24,
  /** What could not be computed is tried again after this time. */
  retrySeconds: 60,
} as const;

export type DueScore = Scored & { events: number };

/** The scores that are due, the longest due first. */
export async function dueScores(db: Database, limit: number): Promise<DueScore[]> {
  const result = await db.execute(sql`
    select kind, subject, events from reputation where due <= now() order by due, kind, subject limit ${limit}`);
  return rowsOf<DueScore>(result);
}

/** Every subject that has been rated, in pages; `after` is the last one before. */
export async function scoredSubjects(
  db: Database,
  after: Scored | null,
  limit: number,
): Promise<(DueScore & { computed: Date | null })[]> {
  const { kind, subject, events, computed } = reputation;
  return db
    .select({ kind, subject, events, computed })
    .from(reputation)
    .where(after ? sql`(kind, subject) > (${after.kind}, ${after.subject})` : sql`true`)
    .orderBy(kind, subject)
    .limit(limit);
}

/**
 * Writes a score, unless something was said since what it is made of was read: then it stays due. A score that is there is
 * due again after a while, one of nothing is not.
 * @param at the time of which the score is
 */
export async function writeScore(
  db: Database,
  { kind, subject, events }: DueScore,
  score: Reputation | null,
  at: Date,
): Promise<boolean> {
  const aspects = score?.aspects;
  const written = await db
    .update(reputation)
    .set({
      score: score?.score ?? null,
      low: score?.low ?? null,
      high: score?.high ?? null,
      count: score?.count ?? 0,
      weight: score?.weight ?? 0,
      correct: aspects?.correct ?? null,
      onTime: aspects?.onTime ?? null,
      asDescribed: aspects?.asDescribed ?? null,
      share: score ? shareOf(score) : null,
      computed: at,
      due: score ? sql`now() + ${refreshLimits.refreshHours} * interval '1 hour'` : sql`'infinity'`,
    })
    .where(and(eq(reputation.kind, kind), eq(reputation.subject, subject), eq(reputation.events, events)))
    .returning({ subject: reputation.subject });
  return written.length > 0;
}

export async function postponeScore(db: Database, { kind, subject }: Scored): Promise<void> {
  await db.execute(sql`
    update reputation set due = now() + ${refreshLimits.retrySeconds} * interval '1 second'
    where kind = ${kind} and subject = ${subject}`);
}

/** One rating that a score is made of. */
export type Evidence = {
  contract: string;
  by: Side;
  rater: string;
  subject: string;
  isPaid: boolean;
  score: number;
  aspects: Aspects;
  at: Date;
};

/**
 * The ratings that a score is made of: of each registered domain those whose raters have dealt with most others, so that
 * no crowd keeps others from being read. What is read is bounded, whoever rates how often.
 */
export async function readEvidence(db: Database, of: Scored): Promise<Evidence[]> {
  const { ratingsPerHostMax, ratingsMax, hostsMax } = evidenceLimits;
  const found = sql`${ratingsAbout(of)} and rating.score is not null`;
  const result = await db.execute(sql`
    with recursive host(place, name, dealt) as (
      (select 1, rater_host, rater_dealt from rating where ${found}
        order by rater_host, rater_dealt desc nulls last limit 1)
      union all
      select host.place + 1, next.rater_host, next.rater_dealt
      from host cross join lateral (
        select rater_host, rater_dealt from rating where ${found} and rater_host > host.name
        order by rater_host, rater_dealt desc nulls last limit 1) as next
      where host.place < ${hostsMax}
    ), known as (
      select name from host order by dealt desc, name limit ${ratingsMax}
    )
    select contract, by, rater, subject, is_paid as "isPaid", score, correct, on_time as "onTime",
      as_described as "asDescribed", extract(epoch from at)::float8 * 1000 as "atMs"
    from known cross join lateral (
      select * from rating where ${found} and rater_host = known.name
      order by rater_dealt desc nulls last, at desc nulls last, contract limit ${ratingsPerHostMax}) as read
    order by rater_dealt desc, at desc, contract
    limit ${ratingsMax}`);
  type Row = Omit<Evidence, 'at' | 'aspects'> & { [name in keyof Required<Aspects>]: boolean | null } & {
    atMs: number;
  };
  return rowsOf<Row>(result).map(({ atMs, correct, onTime, asDescribed, ...row }) => ({
    ...row,
    aspects: Object.fromEntries(
      Object.entries({ correct, onTime, asDescribed }).filter(([, value]) => value !== null),
    ) as Aspects,
    at: new Date(atMs),
  }));
}

/** How many ratings there are of the subject, by raters on other registered domains than this one. */
export async function countFromElsewhere(db: Database, of: Scored, host: string): Promise<number> {
  const result = await db.execute(sql`
    select count(*)::int as count from rating
    where ${ratingsAbout(of)} and score is not null and rater_host <> ${host}`);
  return rowsOf<{ count: number }>(result)[0]?.count ?? 0;
}

export type DealtWith = { party: string; other: string; isPaid: boolean };

/** With whom each of them has dealt, the first of them where they are many: who comes later takes nobody's place. */
export async function readDealings(db: Database, parties: string[]): Promise<DealtWith[]> {
  if (parties.length === 0) return [];
  const result = await db.execute(sql`
    select asked.party, known.other, known.paid > 0 as "isPaid"
    from unnest(${textArray(parties)}) as asked(party) cross join lateral (
      select other, paid from dealing where dealing.party = asked.party
      order by since, other limit ${evidenceLimits.dealingsPerPartyMax}) as known`);
  return rowsOf<DealtWith>(result);
}

/** Which of the domains are components. */
export async function componentsAmong(db: Database, domains: string[]): Promise<Set<string>> {
  if (domains.length === 0) return new Set();
  const result = await db.execute(
    sql`select domain from component where domain = any(${textArray(domains)})`,
  );
  return new Set(rowsOf<{ domain: string }>(result).map(({ domain }) => domain));
}

/** Notes what a domain is: a component, or a server whose addresses are accounts. */
export async function noteComponent(db: Database, domain: string, isComponent: boolean): Promise<void> {
  await db.execute(
    isComponent
      ? sql`insert into component (domain) values (${domain}) on conflict (domain) do nothing`
      : sql`delete from component where domain = ${domain}`,
  );
}

/** The scores of an address in its two sides, or of a listing; null where nothing is known. */
export async function findScores(
  db: Database,
  subject: string,
): Promise<{ [kind in ScoredKind]: ShownScore | null }> {
  const { kind, score, low, high, count, correct, onTime, asDescribed } = reputation;
  const rows = await db
    .select({ kind, score, low, high, count, correct, onTime, asDescribed })
    .from(reputation)
    .where(and(inArray(kind, [...scoredKinds]), eq(reputation.subject, subject)));
  const of = (name: ScoredKind): ShownScore | null => {
    const row = rows.find((one) => one.kind === name);
    if (!row || row.score === null || row.low === null || row.high === null) return null;
    const { score, low, high, count, correct, onTime, asDescribed } = row;
    return { score, low, high, count, aspects: { correct, onTime, asDescribed } };
  };
  return { listing: of('listing'), provider: of('provider'), client: of('client') };
}

/** The address left the directory, and has come back neither by registering nor by subscribing. */
export async function hasLeft(db: Database, jid: string): Promise<boolean> {
  const result = await db.execute(sql`
    select exists (select from reputation where kind in ('provider', 'client') and subject = ${jid} and is_hidden)
      and not exists (select from consent where jid = ${jid})
      and not exists (select from registration where jid = ${jid} and lease_until > now()) as "hasLeft"`);
  return rowsOf<{ hasLeft: boolean }>(result)[0]?.hasLeft ?? false;
}

/** What is shown of the score of what has that name, as a column of any statement; null where nothing is known. */
export function scoreColumn(kind: ScoredKind, subject: SQL): SQL<ShownScore | null> {
  return sql<ShownScore | null>`(
    select json_build_object('score', score, 'low', low, 'high', high, 'count', count,
      'aspects', json_build_object('correct', correct, 'onTime', on_time, 'asDescribed', as_described))
    from reputation as scored
    where scored.kind = ${sql.raw(`'${kind}'`)} and scored.subject = ${subject} and scored.score is not null)`;
}
