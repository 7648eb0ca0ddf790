/** What a change costs to be held against subscribed queries, as these become many; and what a burst takes of memory. */

import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { matchNextChanges } from '../../db/match-changes.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { subscribe } from '../../operations/subscriptions.ts';
import { sendNextAlerts } from '../../worker/alerts/sender.ts';
import { outletLimits } from '../../worker/outlet.ts';
import { atLeast, atMost, type Bench, inTurn, percentile, type Ratios } from './ratio.ts';
import { agentOf, inputName, randomOf, wordOf, zipf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';
import { parsed } from './search-kinds.ts';

const sizes = [10, 1_000, 10_000] as const;
type Size = (typeof sizes)[number];
/** Listings that are there before. */
const listings = 5_000;
const changesPerRound = 50;
const rounds = 20;
const linearRounds = 3;
const burst = 1_000;

type Say = (line: string) => void;

export const bench: Bench = ({ say }) =>
  withScratchDatabase((small) =>
    withScratchDatabase((middle) =>
      withScratchDatabase(async (large) => {
        const databases = { 10: small.db, 1000: middle.db, 10000: large.db };
        for (const size of sizes) await prepare(databases[size], size, say);
        return { ...(await matchingCost(databases, say)), ...(await burstMemory(large.db, say)) };
      }),
    ),
  );

/** Queries as people might ask for them, by a fixed seed. */
export function queryTexts(count: number): string[] {
  const random = randomOf(3);
  const word = () => wordOf(zipf(random, 20_000));
  const tag = () => `tag:${wordOf(zipf(random, 500))}`;
  const one = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  const kinds: (() => string)[] = [
    () => `${word()} ${word()}`,
    () => `${word()} ${word()}`,
    () => `${word()} ${word()} -${word()}`,
    () => `"${word()} ${word()}"`,
    () => `${word()} ${tag()}`,
    () => `${word()} ${tag()} lang:${one(['en', 'de', 'fr'])}`,
    () => `${tag()} ${tag()}`,
    () => `input:${inputName(zipf(random, 2_000))} ${tag()}`,
    () => `${word()} kind:command price:<=${1 + Math.floor(random() * 5)} currency:EUR`,
    () => `domain:d${zipf(random, 5_000)}.example`,
  ];
  return Array.from({ length: count }, () => one(kinds)());
}

async function prepare(db: Database, size: Size, say: Say): Promise<void> {
  const random = randomOf(1);
  for (let at = 0; at < listings; at += 500) {
    const agents = Array.from({ length: 500 }, (_, of) => agentOf(at + of, random));
    await writeIndex(db, agents, 60_000);
  }
  await db.execute(sql`vacuum analyze`);
  const deps = { db, policy: parsePolicy('', 'bench.example') };
  const texts = queryTexts(size);
  const started = performance.now();
  for (let at = 0; at < size; at += 20) {
    await Promise.all(
      texts.slice(at, at + 20).map(async (text, of) => {
        const domain = `s${at + of}.example`;
        const done = await subscribe(deps, { jid: `a@${domain}`, domain }, parsed(text), 7);
        // Of queries with a price there are only so many.
        if (isProblem(done) && done.problem !== 'limit-reached') throw new Error(done.detail);
      }),
    );
  }
  const ms = (performance.now() - started) / size;
  await matchNextChanges(db);
  await db.execute(sql`vacuum analyze`);
  const { rows } = (await db.execute(sql`select count(*)::int as count from subscription`)) as unknown as {
    rows: { count: number }[];
  };
  say(`${rows[0]?.count} subscriptions, each made in ${ms.toFixed(1)} ms`);
}

/** Each size sees the same changes, in turn with the others. */
async function matchingCost(databases: { [size in Size]: Database }, say: Say): Promise<Ratios> {
  const spent: { [size in Size]: number[] } = { 10: [], 1000: [], 10000: [] };
  const matches: { [size in Size]: number } = { 10: 0, 1000: 0, 10000: 0 };
  const places: { [size in Size]: number } = { 10: listings, 1000: listings, 10000: listings };
  const round = (size: Size) => async () => {
    const db = databases[size];
    await change(db, places[size], changesPerRound);
    places[size] += changesPerRound;
    const { ms, matched } = await matchAll(db);
    spent[size].push(ms / changesPerRound);
    matches[size] += matched;
    await db.execute(sql`delete from alert`);
  };
  await inTurn({ '10': round(10), '1000': round(1_000), '10000': round(10_000) }, rounds);
  const median = (size: Size) => percentile(spent[size].slice(2), 0.5);
  for (const size of sizes) {
    const perChange = matches[size] / (places[size] - listings);
    say(`${size} queries: ${median(size).toFixed(3)} ms a change, ${perChange.toFixed(2)} matches a change`);
  }
  const linear = await linearCost(databases[10_000], places[10_000]);
  say(`10000 queries, each held against each change: ${linear.toFixed(2)} ms a change`);
  return {
    'cost of a change, 10,000 queries against 10': atMost(median(10_000) / median(10), 10),
    'cost of a change, 1,000 queries against 10': atMost(median(1_000) / median(10), 10),
    'each query held against each change, against ours, at 10,000': atLeast(linear / median(10_000), 5),
  };
}

/** The same without anchors; they are not there afterwards, either, but for those that are asked for anew. */
async function linearCost(db: Database, from: number): Promise<number> {
  await db.execute(sql`create table kept as select hash from asked_query where is_anchored`);
  await db.execute(sql`update asked_query set is_anchored = false`);
  const times: number[] = [];
  for (let at = 0; at < linearRounds; at++) {
    await change(db, from + at * changesPerRound, changesPerRound);
    times.push((await matchAll(db)).ms / changesPerRound);
    await db.execute(sql`delete from alert`);
  }
  await db.execute(
    sql`update asked_query set is_anchored = true from kept where kept.hash = asked_query.hash`,
  );
  return percentile(times, 0.5);
}

async function change(db: Database, from: number, count: number): Promise<void> {
  const random = randomOf(from);
  const agents = Array.from({ length: count }, (_, of) => agentOf(from + of, random));
  await writeIndex(db, agents, 60_000);
}

async function matchAll(db: Database): Promise<{ ms: number; matched: number }> {
  const started = performance.now();
  let matched = 0;
  for (;;) {
    const { matches, isMore } = await matchNextChanges(db);
    matched += matches;
    if (!isMore) return { ms: performance.now() - started, matched };
  }
}

/** A burst of changes, matched, and every message made; what is sent goes nowhere. */
async function burstMemory(db: Database, say: Say): Promise<Ratios> {
  await change(db, 100_000, burst);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  let messages = 0;
  const outlet = {
    room: outletLimits.messagesMax,
    deliver: async (load: unknown[]) => {
      messages += load.length;
      most = Math.max(most, process.memoryUsage().rss);
      return true;
    },
  };
  const started = performance.now();
  await matchAll(db);
  while (await sendNextAlerts({ db, outlet }));
  const seconds = (performance.now() - started) / 1000;
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  say(
    `${burst} changes at once: ${messages} messages in ${seconds.toFixed(1)} s, ${mb(before)} MiB resident before, ${mb(most)} MiB at most`,
  );
  return { 'resident memory in a burst of 1,000 changes, against before': atMost(most / before, 1.5) };
}
