/** What a change costs to be held against subscribed queries, as these become many; and what a burst takes of memory. */

import { sql } from 'drizzle-orm';
import { type MadeQuery, makeQuery } from '../../db/asked-queries.ts';
import { type Database, rowsOf } from '../../db/database.ts';
import { matchNextChanges } from '../../db/match-changes.ts';
import { writeIndex } from '../../db/write-index.ts';
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
const burstSize = 1_000;
/** Texts of queries that are drawn, to find enough of those that match little. */
const drawn = 24_000;

type Say = (line: string) => void;

export const bench: Bench = ({ say }) =>
  withScratchDatabase((small) =>
    withScratchDatabase((middle) =>
      withScratchDatabase(async (large) => {
        const databases = { 10: small.db, 1000: middle.db, 10000: large.db };
        for (const size of sizes) await index(databases[size]);
        const asked = await queries(large.db, say);
        for (const size of sizes) await subscribeAll(databases[size], asked.awaited.slice(0, size));
        const cost = await matchingCost(databases, say);
        await subscribeAll(large.db, asked.any);
        return { ...cost, ...(await burst(large.db, say)) };
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

async function index(db: Database): Promise<void> {
  const random = randomOf(1);
  for (let at = 0; at < listings; at += 500) {
    const agents = Array.from({ length: 500 }, (_, of) => agentOf(at + of, random));
    await writeIndex(db, agents, 60_000);
  }
  await db.execute(sql`vacuum analyze`);
}

/** `awaited`: those that at most one listing matches now, which is why somebody waits. */
async function queries(db: Database, say: Say): Promise<{ any: MadeQuery[]; awaited: MadeQuery[] }> {
  const texts = queryTexts(drawn);
  const any: MadeQuery[] = [];
  const awaited: MadeQuery[] = [];
  const started = performance.now();
  for (let at = 0; at < texts.length && awaited.length < 10_000; at += 8) {
    await Promise.all(
      texts.slice(at, at + 8).map(async (text) => {
        const made = await makeQuery(db, parsed(text));
        if (!made || any.some(({ hash }) => hash === made.hash)) return;
        any.push(made);
        const found = await db.execute(
          sql`select from listing where document @@ ${made.document}::tsquery limit 2`,
        );
        if (rowsOf(found).length < 2) awaited.push(made);
      }),
    );
  }
  const ms = (performance.now() - started) / any.length;
  say(
    `${any.length} queries, each made and tried in ${ms.toFixed(1)} ms; ${awaited.length} match next to nothing yet`,
  );
  return { any: any.slice(0, 10_000), awaited };
}

/** All at once, and in place of all others. */
async function subscribeAll(db: Database, made: MadeQuery[]): Promise<void> {
  await db.execute(sql`truncate subscription, asked_query cascade`);
  const rows = JSON.stringify(made);
  await db.execute(sql`
    insert into asked_query (hash, text, document, is_measured, is_anchored)
    select hash, text, document::tsquery, "isMeasured", anchors is not null
    from jsonb_to_recordset(${rows}::jsonb) as row(hash text, text text, document text, "isMeasured" boolean, anchors jsonb)`);
  await db.execute(sql`
    insert into query_anchor (lexeme, query) select jsonb_array_elements_text(anchors), hash
    from jsonb_to_recordset(${rows}::jsonb) as row(hash text, anchors jsonb)
    where jsonb_typeof(anchors) = 'array'`);
  await db.execute(sql`
    insert into subscription (id, jid, site, query, since, until)
    select left(hash, 16), hash, hash, hash, 0, now() + interval '1 day' from asked_query`);
  await matchAll(db);
  await db.execute(sql`update follower set seq = (select seq from change_head)`);
  await db.execute(sql`truncate alert`);
  await db.execute(sql`vacuum analyze`);
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
async function burst(db: Database, say: Say): Promise<Ratios> {
  await change(db, 100_000, burstSize);
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
  const { ms } = await matchAll(db);
  while (await sendNextAlerts({ db, outlet }));
  const seconds = (performance.now() - started) / 1000;
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  say(
    `${burstSize} changes at once, any 10000 queries: ${messages} matches, ${(ms / messages).toFixed(2)} ms each, all told in ${seconds.toFixed(1)} s, ${mb(before)} MiB resident before, ${mb(most)} MiB at most`,
  );
  return { 'resident memory in a burst of 1,000 changes, against before': atMost(most / before, 1.5) };
}
