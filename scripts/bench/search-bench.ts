/** Search against what registries do without it, on the same rows; and against the bare statement behind the route. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { connectWorker, type WorkerDatabase } from '../../db/connect-worker.ts';
import { searchListings } from '../../db/search.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { migrate } from '../migrate.ts';
import { freePort } from '../stack/ports.ts';
import { startPostgres } from '../stack/postgres.ts';
import { atLeast, atMost, type Bench, inTurn, percentile, type Ratios } from './ratio.ts';
import { agentOf, randomOf, wordOf } from './sample-listings.ts';

const batchSize = 500;
const rounds = 40;

/** What is asked, by kind; the ranks of the words are those of `sample-listings.ts`. */
const queries = {
  'rare word': wordOf(15_000),
  'common word': wordOf(0),
  'two common words': `${wordOf(0)} ${wordOf(1)}`,
  'qualifiers only': `kind:command accepts:date tag:${wordOf(3)}`,
  'typed input': `input:${wordOf(5)}0 accepts:number`,
  miss: 'zzyzxqk',
};
type Kind = keyof typeof queries;

export const bench: Bench = async ({ full, say }) => {
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-bench-'));
  chmodSync(dir, 0o755);
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    port: await freePort(),
    logFile: join(dir, 'log'),
    durable: false,
  });
  try {
    const ratios: Ratios = {};
    const slowest = new Map<string, number>();
    const sizes = full ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
    for (const size of sizes) {
      const name = `bench_${size}`;
      await postgres.createDatabase(name);
      await migrate(postgres.url(name));
      const database = connectWorker(postgres.url(name), () => undefined);
      await fill(database, size, say);
      Object.assign(ratios, await measure(database, size, sizes.at(-1) === size, slowest, say));
      await database.end();
    }
    return ratios;
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

async function fill({ db }: WorkerDatabase, size: number, say: (line: string) => void): Promise<void> {
  const random = randomOf(1);
  const started = performance.now();
  for (let at = 0; at < size; at += batchSize) {
    await writeIndex(
      db,
      Array.from({ length: Math.min(batchSize, size - at) }, (_, of) => agentOf(at + of, random)),
      60_000,
    );
  }
  const seconds = (performance.now() - started) / 1000;
  await db.execute(sql`vacuum analyze`);
  say(`${size} listings indexed, ${Math.round(size / seconds)} a second`);
}

async function measure(
  { db }: WorkerDatabase,
  size: number,
  isLargest: boolean,
  slowest: Map<string, number>,
  say: (line: string) => void,
): Promise<Ratios> {
  const app = createApp({
    deps: { db, policy: parsePolicy('', 'bench.example') },
    onError: (error) => say(error.message),
  });
  const ratios: Ratios = {};
  const asked = (kind: Kind) =>
    searchListings(db, {
      query: parsed(queries[kind]),
      sort: 'relevance',
      after: null,
      limit: 21,
    });
  for (const kind of Object.keys(queries) as Kind[]) {
    const times = await inTurn(
      {
        search: () => asked(kind),
        route: async () => (await app.request(`/v1/listings?q=${encodeURIComponent(queries[kind])}`)).text(),
      },
      rounds,
    );
    const p99 = percentile(times.search, 0.99);
    const p50 = percentile(times.search, 0.5);
    say(
      `${size} ${kind}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; the route p50 ${percentile(times.route, 0.5).toFixed(1)} ms`,
    );
    const before = slowest.get(kind);
    if (before === undefined) slowest.set(kind, p99);
    else {
      const goal = kind === 'two common words' ? 12 : 5;
      ratios[`${kind}: p99 at ${size} against that at 10,000 or 4 ms`] = atMost(
        p99 / Math.max(before, 4),
        goal,
      );
    }
    if (isLargest && kind !== 'miss') {
      const goal = kind === 'common word' || kind === 'two common words' ? 0.8 : 0.6;
      ratios[`${kind}: the route against the bare search`] = atLeast(
        p50 / percentile(times.route, 0.5),
        goal,
      );
    }
  }
  if (isLargest) Object.assign(ratios, await againstIlike(db, asked));
  return ratios;
}

/** What registries do today: a pattern over the text of every row. */
async function againstIlike(
  db: WorkerDatabase['db'],
  asked: (kind: Kind) => Promise<unknown>,
): Promise<Ratios> {
  const ilike = (text: string) =>
    db.execute(sql`
      select id, body from listing
      where name ilike ${`%${text}%`} or body->>'description' ilike ${`%${text}%`}
      order by quality desc, id limit 21`);
  const ratios: Ratios = {};
  for (const kind of ['rare word', 'miss'] as const) {
    const times = await inTurn({ ours: () => asked(kind), theirs: () => ilike(queries[kind]) }, 10);
    ratios[`${kind}: ILIKE against ours`] = atLeast(
      percentile(times.theirs, 0.5) / percentile(times.ours, 0.5),
      20,
    );
  }
  return ratios;
}

function parsed(text: string): Query {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
}
