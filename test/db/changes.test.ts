import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readChanges } from '../../db/changes.ts';
import { writeIndex } from '../../db/write-index.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import type { FeedPage } from '../support/mirror.ts';
import { expectIncreasing, ownFeed } from '../support/own-feed.ts';

const writer = fileURLToPath(new URL('../support/feed-writer.ts', import.meta.url));

const feed = ownFeed();
const { get, replayed, startAnew } = feed;

const page = async (query: string) => (await (await get(`/v1/changes${query}`)).json()) as FeedPage;

describe('a page of the feed', () => {
  const jid = 'p@works.test';
  const nodes = ['a', 'b', 'c', 'd', 'e'];
  const idOf = (node: string) => listingOf(jid, { node }).id;
  const write = (some: Parameters<typeof indexOf>[1]) => writeIndex(feed.db, [indexOf(jid, some)], 0);

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
        feed.db,
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
      env: { ...process.env, DATABASE_URL: feed.databaseUrl },
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
    const { changes, head } = await readChanges(feed.db, since, 7);
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

  const { changes: all, head } = await readChanges(feed.db, 0, 100_000);
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
});
