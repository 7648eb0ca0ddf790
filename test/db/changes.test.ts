import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readChanges } from '../../db/changes.ts';
import { connectWorker } from '../../db/connect-worker.ts';
import { grantConsent } from '../../db/consent.ts';
import type { Database } from '../../db/database.ts';
import { grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { removeDomains, withdrawSubscription } from '../../db/removals.ts';
import { sweep } from '../../db/sweep.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import type { ListingJson } from '../../functions/serialize.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from '../support/afterwards.ts';
import { forgetAgents, freshDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { contentOf, type FeedPage, type Get, Mirror } from '../support/mirror.ts';
import { rowsOf } from '../support/rows.ts';

const writer = fileURLToPath(new URL('../support/feed-writer.ts', import.meta.url));

let db: Database;
let databaseUrl: string;
let get: Get;

beforeAll(async () => {
  ({ url: databaseUrl } = await freshDatabase());
  const connection = connectWorker(databaseUrl, () => undefined);
  afterwards(connection.end);
  db = connection.db;
  const app = createApp({
    deps: { db, policy: parsePolicy('', null) },
    onError: (error) => {
      throw error;
    },
  });
  get = async (path) => app.request(path);
});

const page = async (query: string) => (await (await get(`/v1/changes${query}`)).json()) as FeedPage;

/** The directory forgets all, and its feed begins anew. */
async function startAnew(): Promise<void> {
  await forgetAgents(db);
  await db.execute(sql`truncate fact, registration`);
  await db.execute(sql`update change_head set seq = 0`);
}

/** What is indexed, by asking for every listing that there is. */
async function indexed(): Promise<{ [id: string]: unknown }> {
  const ids = await rowsOf<{ id: string }>(db, sql`select id from listing order by id collate "C"`);
  const found = await Promise.all(
    ids.map(async ({ id }) => (await (await get(`/v1/listings/${id}`)).json()) as ListingJson),
  );
  return Object.fromEntries(found.map((listing) => [listing.id, contentOf(listing)]));
}

async function replayed(query = ''): Promise<Mirror> {
  const mirror = new Mirror(get);
  await mirror.catchUp(query);
  return mirror;
}

function expectIncreasing(numbers: number[]): void {
  const wrong = numbers.filter((seq, at) => at > 0 && seq <= (numbers[at - 1] ?? 0));
  expect(wrong).toEqual([]);
}

describe('a page of the feed', () => {
  const jid = 'p@works.test';
  const nodes = ['a', 'b', 'c', 'd', 'e'];
  const idOf = (node: string) => listingOf(jid, { node }).id;
  const write = (some: Parameters<typeof indexOf>[1]) => writeIndex(db, [indexOf(jid, some)], 0);

  test('has the latest change of each listing, a removal as its tombstone, and leads to the next', async () => {
    await startAnew();
    expect(await page('')).toMatchObject({ items: [], cursor: null, next: 0, head: 0 });
    await write(nodes.map((node) => ({ node })));
    await write([{ node: 'a', name: 'Anew' }, ...nodes.slice(1, 4).map((node) => ({ node }))]);
    const all = await page('');
    expect(all).toMatchObject({ cursor: null, next: 7, head: 7, approximate: false });
    const ops = new Map(all.items.map(({ id, seq, op }) => [id, { seq, op }]));
    expect(ops.size).toBe(5);
    expect([ops.get(idOf('a'))?.op, ops.get(idOf('e'))?.op]).toEqual(['put', 'delete']);
    expect([ops.get(idOf('a'))?.seq, ops.get(idOf('e'))?.seq].sort()).toEqual([6, 7]);
    expect(all.items[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

    const first = await get('/v1/changes?since=0&limit=2');
    const { items, cursor, next } = (await first.json()) as FeedPage;
    expect([items.length, cursor, next]).toEqual([2, String(items[1]?.seq), items[1]?.seq]);
    expect(first.headers.get('link')).toBe(`<http://localhost/v1/changes?since=${next}&limit=2>; rel="next"`);
    // A client that pages by cursors gets on as well.
    expect(await page(`?cursor=${cursor}`)).toEqual(await page(`?since=${next}`));
    expect((await page('?since=7')).items).toEqual([]);
  });

  test('carries listings where they are asked for, and none that is gone', async () => {
    const { items } = await page('?include=listing');
    const byId = new Map(items.map(({ id, listing }) => [id, listing]));
    expect(byId.get(idOf('a'))).toMatchObject({ id: idOf('a'), name: 'Anew' });
    expect(byId.get(idOf('e'))).toBeNull();
    expect(Object.keys((await page('')).items[0] ?? {})).toEqual(['seq', 'id', 'op', 'at']);
  });

  test('with listings ends before they are too many bytes, and never short of one', async () => {
    await startAnew();
    const description = 'x'.repeat(30_000);
    for (let at = 0; at < 5; at++)
      await writeIndex(
        db,
        Array.from({ length: 20 }, (_, of) =>
          indexOf(`big${at * 20 + of}@works.test`, [{ node: 'n', description }]),
        ),
        0,
      );
    const first = await page('?include=listing&limit=1000');
    expect(first.items.length).toBeGreaterThan(20);
    expect(first.items.length).toBeLessThan(40);
    expect(first.cursor).toBe(String(first.items.length));
    const mirror = await replayed('&include=listing&limit=1000');
    expect(mirror.listings.size).toBe(100);
    expect(mirror.given.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  });

  test.each([
    ['since=-1', 'since: expected a whole number from 0 to the last number of the feed'],
    ['since=one', 'since: expected a whole number'],
    ['since=1.5', 'since: expected a whole number'],
    ['since=', 'since: expected a whole number'],
    ['since=9999999999999999', 'since: expected a whole number'],
    ['since=101', '101 is beyond the feed'],
    ['cursor=x', 'cursor: expected a whole number'],
    ['limit=0', 'limit: expected a whole number from 1 to 1000'],
    ['limit=1001', 'limit: expected a whole number from 1 to 1000'],
    ['include=all', 'include: expected listing'],
  ])('refuses %s', async (query, detail) => {
    const response = await get(`/v1/changes?${query}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid-parameter', detail: expect.stringContaining(detail) }),
    ]);
  });
});

test('two processes write in slow transactions: a reader that follows gets every number once, in order, none late', async () => {
  await startAnew();
  const writers = ['x', 'y'].map((name) =>
    spawn(process.execPath, [writer, name, '150'], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const ends = Promise.all(writers.map((child) => once(child, 'exit')));
  let running = true;
  const ended = ends.finally(() => {
    running = false;
  });

  const given: { seq: number; id: string }[] = [];
  const latest = new Map<string, number>();
  let since = 0;
  let readings = 0;
  for (let last = false; !last; ) {
    last = !running;
    const { changes, head } = await readChanges(db, since, 7);
    readings++;
    // What is read holds whatever is written meanwhile: up to the head of that moment, nothing comes later.
    expect(changes.at(-1)?.seq ?? since).toBeLessThanOrEqual(head);
    for (const { seq, id } of changes) {
      given.push({ seq, id });
      latest.set(id, seq);
    }
    since = changes.at(-1)?.seq ?? since;
    if (changes.length === 0) await wait(2);
    else last = false;
  }
  expect(await ended).toEqual([
    [0, null],
    [0, null],
  ]);

  const { changes: all, head } = await readChanges(db, 0, 100_000);
  const numbers = given.map(({ seq }) => seq);
  expectIncreasing(numbers);
  expect(readings).toBeGreaterThan(50);
  expect(since).toBe(head);
  // Every listing that is written once was given out once; the rest of the numbers are those of the one that both change.
  const shared = listingOf('both@works.test', { node: 'n' }).id;
  const single = 2 * Array.from({ length: 150 }, (_, at) => 1 + (at % 4)).reduce((sum, n) => sum + n, 0);
  expect(given.filter(({ id }) => id !== shared).length).toBe(single);
  expect(head - single).toBe(2 * 30);
  expect(new Map(all.map(({ id, seq }) => [id, seq]))).toEqual(latest);
}, 60_000);

describe('a mirror of the feed', () => {
  const agents = ['m0@works.test', 'm1@works.test', 'm2@agents.test', 'm3@agents.test'];
  const agent = fc.constantFrom(...agents);
  const listing = fc.record({
    node: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('One', 'Two', 'Three'),
    onConsent: fc.boolean(),
  });
  const look = fc.record({
    jid: agent,
    listings: fc.uniqueArray(listing, { selector: ({ node }) => node, maxLength: 3 }),
    isWhole: fc.boolean(),
    isDenied: fc.constantFrom(false, false, false, true),
  });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('look' as const),
        looks: fc.uniqueArray(look, { selector: ({ jid }) => jid, minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('read' as const),
        limit: fc.integer({ min: 1, max: 6 }),
        include: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'subscribe' as const,
          'unsubscribe' as const,
          'register' as const,
          'deregister' as const,
        ),
        jid: agent,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 24, 200, 800) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sweep' as const, 'exclude' as const) }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  /** As much time passes as makes what is overdue go. */
  async function letPass(hours: number): Promise<void> {
    const passed = sql`${hours} * interval '1 hour'`;
    await db.execute(sql`update listing_status set
      verified = verified - ${passed}, missing_since = missing_since - ${passed}`);
    await db.execute(sql`update registration set lease_until = lease_until - ${passed}
      where lease_until > 'epoch'::timestamptz`);
  }

  async function take(one: Step, mirror: Mirror): Promise<unknown> {
    switch (one.do) {
      case 'look':
        return writeIndex(
          db,
          one.looks.map(({ jid, listings, isWhole, isDenied }) => ({
            ...indexOf(jid, isDenied ? [] : listings),
            isDenied,
            ...(!isWhole && { read: [] }),
          })),
          60_000,
        );
      case 'read':
        return mirror.readPage(`&limit=${one.limit}${one.include ? '&include=listing' : ''}`);
      case 'subscribe':
        return grantConsent(db, one.jid);
      case 'unsubscribe':
        return withdrawSubscription(db, one.jid);
      case 'register':
        return grantRegistration(
          db,
          { jid: one.jid, domain: one.jid.split('@')[1] ?? '' },
          { leaseHours: 100, relay: null, presence: null, about: null },
        );
      case 'deregister':
        return withdrawRegistration(db, one.jid);
      case 'wait':
        return letPass(one.hours);
      case 'sweep':
        return sweep(db);
      case 'exclude':
        return removeDomains(db, (domain) => domain === 'works.test');
    }
  }

  test('equals the index after whatever happens, read along or replayed from 0', async () => {
    const seen = { put: 0, delete: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        await startAnew();
        const mirror = new Mirror(get);
        for (const one of steps) await take(one, mirror);
        await mirror.catchUp('&limit=3');
        const index = await indexed();
        expect(mirror.content).toEqual(index);
        expectIncreasing(mirror.given.map(({ seq }) => seq));
        for (const { op } of mirror.given) seen[op]++;
        for (const query of ['&limit=2', '&include=listing']) {
          const replay = await replayed(query);
          expect(replay.content).toEqual(index);
          // Compacted: each listing once, and those that are gone as such.
          expect(new Set(replay.given.map(({ id }) => id)).size).toBe(replay.given.length);
          const kept = replay.given.filter(({ op }) => op === 'put').map(({ id }) => id);
          expect(kept.sort()).toEqual(Object.keys(index).sort());
        }
      }),
      { numRuns: 60 },
    );
    // The steps do make listings come and go.
    expect(Math.min(seen.put, seen.delete)).toBeGreaterThan(50);
  }, 120_000);
});
