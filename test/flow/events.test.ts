import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { type SharedLimits, sharedLimits, streamLimits } from '../../functions/events/limits.ts';
import { type EventStreams, sharedStreams } from '../../functions/events/streams.ts';
import { parsePolicy } from '../../market/policy.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startFunctions } from '../../scripts/stack/workerd.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { EventReader } from '../support/events.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';
import { shortTimes } from '../support/short-times.ts';

const limits: SharedLimits = {
  ...sharedLimits,
  ...shortTimes,
  streamsMax: 60,
  windowMax: 20,
  batchMax: 8,
  stallMs: 500,
};

let db: Database;
/** Over a connection of its own: what is asked by it hides nothing of what the streams ask. */
let watcher: Database;
let databaseUrl: string;
/** How many statements the streams of the Node server have asked. */
let asked = 0;
let node: { url: string; streams: EventStreams };
let workerd: string;

beforeAll(async () => {
  ({ url: databaseUrl } = await freshDatabase());
  const connection = connectWorker(databaseUrl, () => undefined);
  afterwards(connection.end);
  db = connection.db;
  const watching = connectWorker(databaseUrl, () => undefined);
  afterwards(watching.end);
  watcher = watching.db;
  const functions = await startFunctions({
    port: await freePort(),
    databaseUrl,
    neonEndpoint: inject('stack').neonEndpoint,
    entry: fileURLToPath(new URL('../support/short-events-entry.ts', import.meta.url)),
  });
  afterwards(() => functions.stop());
  workerd = functions.url;
  node = await startNode(limits);
  await writeMany('first', 3);
});

async function startNode(limits: SharedLimits): Promise<{ url: string; streams: EventStreams }> {
  const counted = new Proxy(db, {
    get(target, name) {
      if (name === 'execute') asked++;
      return Reflect.get(target, name);
    },
  });
  const deps = { db: counted, policy: parsePolicy('', null) };
  const onError = (error: Error) => {
    throw error;
  };
  const streams = sharedStreams(deps, onError, limits);
  const server = serve({
    fetch: createApp({ deps, streams, onError }).fetch,
    hostname: '127.0.0.1',
    port: 0,
  });
  await once(server, 'listening');
  afterwards(() => {
    streams.end();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, streams };
}

let written = 0;

/** Writes new listings in one transaction each; returns their ids. */
async function writeMany(what: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const jid = `${what}${written++}@works.test`;
    await writeIndex(db, [indexOf(jid, [{ node: 'n' }])], 0);
    ids.push(listingOf(jid, { node: 'n' }).id);
  }
  return ids;
}

async function head(url: string): Promise<number> {
  const page = (await (await fetch(`${url}/v1/changes?limit=1`)).json()) as { head: number };
  return page.head;
}

const here = (where: string) => (where === 'Node' ? node.url : workerd);

describe.each(['Node', 'workerd'])('a stream of events in %s', (where) => {
  test('starts at the head, says so by an id without data, and gives each change as it comes', async () => {
    const start = await head(here(where));
    const reader = await EventReader.open(`${here(where)}/v1/events`);
    expect(reader.status).toBe(200);
    expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.headers.get('cache-control')).toBe('no-store');
    await until('the greeting', async () => reader.lastId === String(start));
    expect(reader.changes).toEqual([]);
    const ids = await writeMany('live', 2);
    await reader.has(2);
    expect(reader.changes).toEqual(
      ids.map((id, at) => ({
        id: String(start + 1 + at),
        data: { seq: start + 1 + at, id, op: 'put', at: expect.stringMatching(/Z$/) },
      })),
    );
    reader.cut();
  });

  test('replays from 0, and from wherever it is told to', async () => {
    const end = await head(here(where));
    const all = await EventReader.open(`${here(where)}/v1/events?since=0`);
    await all.has(end);
    expect(all.changes.map(({ data }) => data.seq)).toEqual(Array.from({ length: end }, (_, at) => at + 1));
    const some = await EventReader.open(`${here(where)}/v1/events?since=2`, {
      'last-event-id': String(end - 1),
    });
    await some.has(1);
    expect(some.changes.map(({ id }) => id)).toEqual([String(end)]);
    all.cut();
    some.cut();
  });

  test('that is cut in the middle is resumed by the id: nothing is lost, nothing comes twice', async () => {
    const start = await head(here(where));
    const seen: string[] = [];
    let resumeFrom: string | null = null;
    const writing = (async () => {
      for (let at = 0; at < 12; at++) {
        await writeMany('cut', 1);
        await wait(60);
      }
    })();
    while (seen.length < 12) {
      const reader: EventReader = await EventReader.open(
        `${here(where)}/v1/events?since=${start}`,
        resumeFrom ? { 'last-event-id': resumeFrom } : {},
      );
      await until(
        'an event',
        async () => reader.changes.length >= 2 || seen.length + reader.changes.length >= 12,
      );
      reader.cut();
      seen.push(...reader.changes.map(({ id }) => id));
      resumeFrom = reader.lastId;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 12 }, (_, at) => String(start + 1 + at)));
  });

  test('has heartbeats, and ends after its time with when to come again', async () => {
    const reader = await EventReader.open(`${here(where)}/v1/events`);
    const opened = Date.now();
    await until('the end', async () => reader.ending !== null);
    expect(reader.ending).toBe('ended');
    expect(Math.abs(Date.now() - opened - shortTimes.lifetimeMs)).toBeLessThan(1_500);
    expect(reader.heartbeats).toBeGreaterThanOrEqual(3);
    expect(reader.heartbeats).toBeLessThanOrEqual(8);
  });

  test('asks the database nothing more once its reader has gone', async () => {
    // When a stream last asked, by whichever connection it did.
    const lastAsked = async () => {
      const [row] = await rowsOf<{ at: string }>(
        watcher,
        sql`select max(query_start)::text as at from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
            and query like any('{%from change_head as head%,%run_planned%}')`,
      );
      return row?.at;
    };
    const readers = await Promise.all([1, 2, 3].map(() => EventReader.open(`${here(where)}/v1/events`)));
    await wait(300);
    const before = await lastAsked();
    await wait(500);
    expect(await lastAsked()).not.toBe(before);
    for (const reader of readers) reader.cut();
    await wait(500);
    const after = await lastAsked();
    await wait(500);
    expect(await lastAsked()).toBe(after);
  });

  test.each([
    ['?since=-1', {}, 'since: expected a whole number'],
    ['?since=99999', {}, "beyond the feed's last number; expected a whole number from 0 to"],
    ['', { 'last-event-id': 'x' }, 'last-event-id: expected a whole number'],
    ['', { 'last-event-id': '99999' }, "beyond the feed's last number"],
  ])('refuses %s %o', async (query, headers, detail) => {
    const response = await fetch(`${here(where)}/v1/events${query}`, { headers });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid-parameter', detail: expect.stringContaining(detail) }),
    ]);
  });

  test('is not opened to say only what its headers are', async () => {
    const response = await fetch(`${here(where)}/v1/events`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    if (where === 'Node') expect(node.streams.size).toBe(0);
  });
});

describe('the streams of a Node process', () => {
  const allGone = () => until('every stream is gone', async () => node.streams.size === 0);

  test('share one poll, and are gone with their readers', async () => {
    await allGone();
    const readers = await Promise.all(
      Array.from({ length: 50 }, () => EventReader.open(`${node.url}/v1/events`)),
    );
    expect(node.streams.size).toBe(50);
    await wait(300);
    asked = 0;
    await wait(1_000);
    // Ten polls in this time, whatever the machine makes of it; not five hundred.
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(15);
    await writeMany('all', 3);
    await Promise.all(readers.map((reader) => reader.has(3)));
    expect(new Set(readers.map((reader) => JSON.stringify(reader.changes))).size).toBe(1);
    for (const reader of readers) reader.cut();
    await allGone();
    await wait(200);
    asked = 0;
    await wait(500);
    expect(asked).toBe(0);
  });

  test('are bounded: one too many is told when to come again', async () => {
    await allGone();
    const readers = await Promise.all(
      Array.from({ length: limits.streamsMax }, () => EventReader.open(`${node.url}/v1/events`)),
    );
    const refused = await fetch(`${node.url}/v1/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'too-many-streams' });
    readers[0]?.cut();
    await until('a place is free', async () => node.streams.size < limits.streamsMax);
    const again = await EventReader.open(`${node.url}/v1/events`);
    expect(again.status).toBe(200);
    for (const reader of [...readers, again]) reader.cut();
  });

  test('give what is beyond the shared window to those that are behind, while others are up to date', async () => {
    const start = await head(node.url);
    const live = await EventReader.open(`${node.url}/v1/events`);
    await writeMany('burst', 30);
    const behind = await EventReader.open(`${node.url}/v1/events?since=${start}`);
    await Promise.all([live.has(30), behind.has(30)]);
    await writeMany('after', 1);
    await Promise.all([live.has(31), behind.has(31)]);
    const expected = Array.from({ length: 31 }, (_, at) => String(start + 1 + at));
    expect([live, behind].map((reader) => reader.changes.map(({ id }) => id))).toEqual([expected, expected]);
    live.cut();
    behind.cut();
  });

  test('outlast a database that is away', async () => {
    const reported: Error[] = [];
    let away = false;
    const flaky = new Proxy(db, {
      get(target, name) {
        if (away && name === 'execute') return () => Promise.reject(new Error('away'));
        return Reflect.get(target, name);
      },
    });
    const streams = sharedStreams(
      { db: flaky, policy: parsePolicy('', null) },
      (error) => reported.push(error),
      { ...limits, lifetimeMs: 20_000 },
    );
    const start = await head(node.url);
    const body = streams.open(start, () => undefined);
    const reader = body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toContain(`id: ${start}`);
    away = true;
    const [id] = await writeMany('away', 1);
    expect(await next()).toBe(':\n\n');
    expect(reported.map(({ message }) => message)).toEqual(['away']);
    away = false;
    let event = await next();
    if (event === ':\n\n') event = await next();
    expect(event).toContain(id);
    streams.end();
    expect(await next()).toBe('retry: 50\n\n');
    expect((await reader.read()).done).toBe(true);
    expect(streams.open(start, () => undefined)).toBeNull();
  });

  test('end where the feed has gone back, as after a restore; who comes again is told', async () => {
    const reader = await EventReader.open(`${node.url}/v1/events`);
    await wait(400);
    await db.execute(sql`update change_head set seq = seq - 1`);
    try {
      await until('the end', async () => reader.ending === 'ended', 2_000);
      const again = await fetch(`${node.url}/v1/events`, {
        headers: { 'last-event-id': String(reader.lastId) },
      });
      expect(again.status).toBe(400);
    } finally {
      await db.execute(sql`update change_head set seq = seq + 1`);
    }
  });

  test('lose a reader that takes nothing', async () => {
    // More than the buffers of two sockets take.
    await db.execute(sql`
      with head as (update change_head set seq = seq + 60000 returning seq - 60000 as base)
      insert into change (id, seq, op, first_seen)
      select 'urn:air:slow.test:' || repeat('x', 500) || n, base + n, 'delete', now() from head, generate_series(1, 60000) as n`);
    const patient = await startNode({ ...limits, batchMax: 500, lifetimeMs: 60_000 });
    const socket = connect(Number(new URL(patient.url).port), '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET /v1/events?since=0 HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('the stream is open', async () => patient.streams.size === 1);
    await until('the slow reader is cut', async () => patient.streams.size === 0, 15_000);
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.resume();
    await once(socket, 'close');
    // Some of it had gone out; by no means all.
    expect(bytes).toBeLessThan(25_000_000);

    // One that takes what comes gets all.
    const reader = await EventReader.open(`${patient.url}/v1/events?since=0`);
    await reader.has(60_000, 25_000);
    reader.cut();
  }, 60_000);
});

test('npm run serve ends its streams when it is told to stop', async () => {
  const entry = fileURLToPath(new URL('../../functions/serve.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, DATABASE_URL: databaseUrl, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const reader = await EventReader.open(`${url}/v1/events`);
  await until('the greeting', async () => reader.lastId !== null);
  const told = Date.now();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(reader.ending).toBe('ended');
  expect(Date.now() - told).toBeLessThan(4_000);
});

test('on the edge a stream polls once a second for at most 45 seconds', () => {
  expect(streamLimits).toMatchObject({ periodMs: 1_000, lifetimeMs: 45_000, heartbeatMs: 15_000 });
  expect(streamLimits.readsMax).toBeGreaterThan(streamLimits.lifetimeMs / streamLimits.periodMs);
});
