/** What a 304 saves and costs, and the same routes on Node and on workerd. */

import { Agent } from 'node:http';
import { sql } from 'drizzle-orm';
import { grantConsent, notePresence } from '../../db/consent.ts';
import type { Database } from '../../db/database.ts';
import { indexState } from '../../db/index-state.ts';
import { writeIndex } from '../../db/write-index.ts';
import { startNeonEndpoint } from '../stack/neon-endpoint.ts';
import { freePort } from '../stack/ports.ts';
import { startFunctions } from '../stack/workerd.ts';
import { type Asked, burst, startServer } from './http-load.ts';
import { atLeast, atMost, type Bench, inTurn, percentile, type Ratios } from './ratio.ts';
import { agentOf, randomOf, wordOf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';

type Say = (line: string) => void;

const inFlight = 8;
/** What an answer costs that is not kept. */
const searchEachTime = { ANSWERS_KEPT_MB: '0' };
const batchSize = 500;
const rounds = 8;
/** Fewer of what searches, which takes longer. */
const requestsPerBurst = { search: 48, other: 160 };

export const bench: Bench = ({ full, say }) =>
  // Marks are held for the commit, and that takes as long as the disk.
  withScratchDatabase((database) => measure(database, full ? 100_000 : 10_000, say), { durable: true });

async function measure({ db, url }: { db: Database; url: string }, size: number, say: Say): Promise<Ratios> {
  const random = randomOf(1);
  const batch = (at: number) => Array.from({ length: batchSize }, (_, of) => agentOf(at + of, random));
  for (let at = 0; at < size; at += batchSize) await writeIndex(db, batch(at), 60_000);
  await db.execute(sql`vacuum analyze`);
  say(`${size} listings`);
  const ratios = await writes(db, batch(0), say);
  const ends: (() => unknown)[] = [];
  try {
    const neon = await startNeonEndpoint({ port: await freePort() });
    ends.push(() => neon.stop());
    const workerd = await startFunctions({
      port: await freePort(),
      databaseUrl: url,
      neonEndpoint: neon.url,
      bindings: { ACCESS_LOG: 'off', ...searchEachTime },
    });
    ends.push(() => workerd.stop());
    // As it is run: every request counted and logged.
    const environment = { DATABASE_URL: url, READS_PER_MINUTE: '1000000', ...searchEachTime };
    const node = await startServer('../../functions/serve.ts', environment);
    ends.push(() => node.stop());
    const bare = await startServer('bare-server.ts', { DATABASE_URL: url });
    ends.push(() => bare.stop());
    return { ...ratios, ...(await reads({ node: node.url, workerd: workerd.url, bare: bare.url }, say)) };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

const paths = {
  search: `/v1/listings?q=${wordOf(3)}`,
  facets: `/v1/facets?q=${wordOf(3)}`,
  page: `/?q=${wordOf(3)}`,
  health: '/healthz',
};

async function reads(
  at: { node: string; workerd: string; bare: string },
  say: (line: string) => void,
): Promise<Ratios> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const { search: few, other: many } = requestsPerBurst;
  const asks: { [what: string]: Asked & { status: number; count: number } } = {
    'select 1': { url: at.bare, status: 200, count: many },
  };
  for (const platform of ['node', 'workerd'] as const) {
    for (const [what, path] of Object.entries(paths)) {
      const url = `${at[platform]}${path}`;
      asks[`${platform} ${what} 200`] = { url, status: 200, count: what === 'health' ? many : few };
      const tag = (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag');
      if (tag)
        asks[`${platform} ${what} 304`] = {
          url,
          headers: { 'if-none-match': tag },
          status: 304,
          count: many,
        };
    }
  }
  const times = await inTurn(
    Object.fromEntries(
      Object.entries(asks).map(([what, { status, count, ...asked }]) => [
        what,
        () => burst(agent, asked, status, count),
      ]),
    ),
    rounds,
  );
  agent.destroy();
  const perSecond = (what: string) => (asks[what]?.count ?? 0) / (percentile(times[what] ?? [], 0.5) / 1000);
  for (const what of Object.keys(asks)) say(`${what}: ${Math.round(perSecond(what))} a second`);
  for (const what of ['search 200', 'search 304', 'facets 200', 'page 200', 'health 200']) {
    const ratio = perSecond(`node ${what}`) / perSecond(`workerd ${what}`);
    say(`Node against workerd, ${what}: ${ratio.toPrecision(3)}`);
  }
  const against = (what: string, other: string, goal: number) =>
    atLeast(perSecond(what) / perSecond(other), goal);
  return {
    'a 304 against the same search': against('node search 304', 'node search 200', 3),
    'a 304 against the same facets': against('node facets 304', 'node facets 200', 3),
    'a 304 against the same page': against('node page 304', 'node page 200', 3),
    'a 304 against select 1 through HTTP': against('node search 304', 'select 1', 0.6),
    'a 304 against the same search, workerd': against('workerd search 304', 'workerd search 200', 1.5),
  };
}

/** What the marks cost the writers, and naming the state a reader. */
async function writes(
  db: Parameters<typeof indexState>[0],
  batch: Parameters<typeof writeIndex>[1],
  say: (line: string) => void,
): Promise<Ratios> {
  const tables = ['listing', 'listing_status', 'change_head', 'agent'];
  const triggers = (what: 'enable' | 'disable') =>
    db.execute(sql.raw(tables.map((table) => `alter table ${table} ${what} trigger user`).join('; ')));
  let round = 0;
  const write = () => {
    round++;
    const changed = batch.map((agent) => ({
      ...agent,
      listings: agent.listings.map((listing) => ({ ...listing, version: `${round}` })),
    }));
    return writeIndex(db, changed, 60_000);
  };
  const times = { marked: [] as number[], unmarked: [] as number[] };
  for (let at = 0; at < 10; at++) {
    for (const kind of ['marked', 'unmarked'] as const) {
      await triggers(kind === 'marked' ? 'enable' : 'disable');
      const started = performance.now();
      await write();
      times[kind].push(performance.now() - started);
    }
  }
  await triggers('enable');
  const crowds = await crowd(db);
  say(
    `presence, ${crowdSize} writers: ${Math.round(crowds.marked)} a second, without marks ${Math.round(crowds.unmarked)}`,
  );
  const named = await inTurn({ state: () => indexState(db), one: () => db.execute(sql`select 1`) }, 300);
  const [marked, unmarked] = [percentile(times.marked, 0.5), percentile(times.unmarked, 0.5)];
  say(
    `a batch of ${batch.length} changed listings: ${marked.toFixed(0)} ms, without marks ${unmarked.toFixed(0)} ms`,
  );
  return {
    'writing a batch with marks against without': atMost(marked / unmarked, 1.1),
    'presence by several writers without marks against with': atMost(crowds.unmarked / crowds.marked, 1.3),
    'naming the state against select 1, on the pool': atMost(
      percentile(named.state, 0.5) / percentile(named.one, 0.5),
      3,
    ),
  };
}

const crowdSize = 8;
const notesEach = 100;

/** Presence noted by several writers at once, each commit of its own: how many a second, with marks and without. */
async function crowd(db: Parameters<typeof indexState>[0]): Promise<{ marked: number; unmarked: number }> {
  const jids = Array.from({ length: crowdSize }, (_, at) => `crowd${at}@bench.example`);
  for (const jid of jids) await grantConsent(db, jid);
  const note = async (jid: string) => {
    for (let at = 0; at < notesEach; at++)
      await notePresence(db, [{ jid, resource: 'r', state: at % 2 === 0 ? 'on' : 'off' }]);
  };
  const run = (what: 'enable' | 'disable') => async () => {
    await db.execute(sql.raw(`alter table presence ${what} trigger user`));
    await Promise.all(jids.map(note));
  };
  const times = await inTurn({ marked: run('enable'), unmarked: run('disable') }, 8);
  await db.execute(sql`alter table presence enable trigger user`);
  const perSecond = (timesMs: number[]) => (crowdSize * notesEach) / (percentile(timesMs, 0.5) / 1000);
  return { marked: perSecond(times.marked), unmarked: perSecond(times.unmarked) };
}
