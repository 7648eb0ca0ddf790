/** Search as the index grows, against what registries do without it on the same rows, and behind both doors. */

import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { arrangeTiers, tierLimits } from '../../db/tiers.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { wordWeights } from '../../market/ranking.ts';
import { search } from '../../operations/search.ts';
import { atLeast, atMost, type Bench, inTurn, percentile, type Ratios } from './ratio.ts';
import { agentOf, randomOf, wordOf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';
import { onNode } from './search-doors.ts';
import { inWorkerd } from './search-edge.ts';
import { kindsOf, parsed } from './search-kinds.ts';

const batchSize = 500;
const rounds = 100;
/** Faster than this counts as this fast. */
const floorMs = 4;

type Say = (line: string) => void;

export const bench: Bench = ({ full, say }) =>
  withScratchDatabase(async ({ db, url }) => {
    const ratios: Ratios = {};
    const first = new Map<string, number>();
    const random = randomOf(1);
    let size = 0;
    for (const next of full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000]) {
      await grow(db, size, next, random, say);
      size = next;
      Object.assign(ratios, await growth(db, size, first, say));
      if (size === 100_000) {
        Object.assign(ratios, await againstOthers(db, say));
        Object.assign(ratios, await whileWriting(db, size, random, say));
        Object.assign(ratios, await onNode(url, say));
      }
      if (size <= 100_000) Object.assign(ratios, await inWorkerd(url, size, say));
    }
    return ratios;
  });

const deps = (db: Database) => ({ db, policy: parsePolicy('', 'bench.example') });
const agents = (at: number, random: () => number) =>
  Array.from({ length: batchSize }, (_, of) => agentOf(at + of, random));

async function grow(db: Database, from: number, to: number, random: () => number, say: Say): Promise<void> {
  if (from > 0) await foreseeTiers(db, to);
  const started = performance.now();
  for (let at = from; at < to; at += batchSize) await writeIndex(db, agents(at, random), 60_000);
  const seconds = (performance.now() - started) / 1000;
  say(`${from} to ${to} listings: ${Math.round((to - from) / seconds)} a second, in batches of ${batchSize}`);
  await db.execute(sql`update tier_cut set total = 0`);
  say(`${await arrangeTiers(db)} of them are moved to other tiers`);
  await db.execute(sql`vacuum analyze`);
}

/** Cuts as they will be at that size, so that what is written goes where an index that grew by and by has it. */
async function foreseeTiers(db: Database, size: number): Promise<void> {
  const { firstSize, last } = tierLimits;
  await db.execute(sql`
    update tier_cut set total = ${size}, cuts = array(
      select percentile_disc(1 - ${firstSize}::float8 * (1 << 2 * place) / ${size}) within group (order by standing)
      from listing, generate_series(0, ${last}::int - 1) as place
      where ${firstSize}::int * (1 << 2 * place) < ${size}
      group by place order by place)`);
}

/** How much slower each kind is than at the first size. */
async function growth(db: Database, size: number, first: Map<string, number>, say: Say): Promise<Ratios> {
  const ratios: Ratios = {};
  for (const [name, { ask, growthMax }] of Object.entries(await kindsOf(deps(db)))) {
    const { times } = await inTurn({ times: ask }, rounds);
    const p99 = percentile(times, 0.99);
    say(`${size} ${name}: p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
    const before = first.get(name);
    if (before === undefined) first.set(name, Math.max(p99, floorMs));
    else
      ratios[`${name}: p99 at ${size} against that at 10000, or ${floorMs} ms`] = atMost(
        p99 / before,
        growthMax,
      );
  }
  return ratios;
}

/** A pattern over the text of every row, as most registries have it; and the best that trigrams do for the same. */
async function againstOthers(db: Database, say: Say): Promise<Ratios> {
  const text = sql`(name || ' ' || coalesce(body->>'description', ''))`;
  const ours = (word: string) => () =>
    search(deps(db), { query: parsed(word), sort: 'relevance', limit: 20, cursor: null });
  const ilike = (word: string) => () =>
    db.execute(
      sql`select id, body from listing where ${text} ilike ${`%${word}%`} order by standing desc, id limit 21`,
    );
  const weights = sql.raw(`'{${wordWeights.join(',')}}'`);
  const ranked = (word: string) => () =>
    db.execute(sql`
      select id, body, ts_rank(${weights}, document, plainto_tsquery('english', ${word})) as rank
      from listing where ${text} ilike ${`%${word}%`} order by rank desc, standing desc, id limit 21`);
  const ratios: Ratios = {};
  for (const [name, word] of [
    ['rare word', wordOf(15_000)],
    ['no match', 'zzyzxqk'],
  ] as const) {
    const times = await inTurn({ ours: ours(word), theirs: ilike(word) }, 10);
    const ratio = percentile(times.theirs, 0.5) / percentile(times.ours, 0.5);
    ratios[`${name}: ILIKE against ours`] = atLeast(ratio, 20);
  }
  await db.execute(sql`create index by_trigrams on listing using gin (${text} gin_trgm_ops)`);
  for (const [name, rank] of [
    ['common word', 0],
    ['another common word', 2],
  ] as const) {
    const times = await inTurn({ ours: ours(wordOf(rank)), theirs: ranked(wordOf(rank)) }, 10);
    const ratio = percentile(times.theirs, 0.5) / percentile(times.ours, 0.5);
    say(`${name} by trigrams, all matches ranked: ${percentile(times.theirs, 0.5).toFixed(0)} ms`);
    ratios[`${name}: a trigram index and all matches ranked against ours`] = atLeast(ratio, 3);
  }
  await db.execute(sql`drop index by_trigrams`);
  return ratios;
}

/** What a crawl in full flow does to searches meanwhile. */
async function whileWriting(db: Database, from: number, random: () => number, say: Say): Promise<Ratios> {
  const ask = () =>
    search(deps(db), { query: parsed(wordOf(0)), sort: 'relevance', limit: 20, cursor: null });
  const timed = async (during: () => boolean): Promise<number[]> => {
    const times: number[] = [];
    while (during()) {
      const started = performance.now();
      await ask();
      times.push(performance.now() - started);
    }
    return times;
  };
  const until = performance.now() + 5_000;
  const quiet = await timed(() => performance.now() < until);
  let isWriting = true;
  const writing = (async () => {
    const started = performance.now();
    for (let at = from; at < from + 10_000; at += batchSize)
      await writeIndex(db, agents(at + 10_000_000, random), 60_000);
    isWriting = false;
    return 10_000 / ((performance.now() - started) / 1000);
  })();
  const busy = await timed(() => isWriting);
  say(`searched the while, ${Math.round(await writing)} listings a second are written`);
  const ratio = percentile(busy, 0.99) / percentile(quiet, 0.99);
  return { 'common word: p99 while listings are written against p99 without': atMost(ratio, 5) };
}
