import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EventStreams, sharedStreams } from '../../functions/events/streams.ts';
import { parsePolicy } from '../../market/policy.ts';
import { until } from '../support/directory.ts';
import { EventReader } from '../support/events.ts';
import { head, limits, ownStreams } from '../support/own-streams.ts';

const own = ownStreams();
const { startNode, writeMany } = own;

/** Long enough for whatever a test has to do meanwhile. */
const lasting = { ...limits, lifetimeMs: 600_000 };

let node: { url: string; streams: EventStreams };

beforeAll(async () => {
  node = await startNode(lasting);
  await writeMany('first', 3);
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
    own.asked = 0;
    const begun = performance.now();
    await until('there were some polls', async () => own.asked > 8);
    // As many as there were periods, and not fifty times that.
    expect(own.asked).toBeLessThan(2 * ((performance.now() - begun) / limits.periodMs) + 5);
    await writeMany('all', 3);
    await Promise.all(readers.map((reader) => reader.has(3)));
    expect(new Set(readers.map((reader) => JSON.stringify(reader.changes))).size).toBe(1);
    for (const reader of readers) reader.cut();
    await allGone();
    await wait(200);
    own.asked = 0;
    await wait(500);
    expect(own.asked).toBe(0);
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
    const flaky = new Proxy(own.db, {
      get(target, name) {
        if (away && name === 'execute') return () => Promise.reject(new Error('away'));
        return Reflect.get(target, name);
      },
    });
    const streams = sharedStreams(
      { db: flaky, policy: parsePolicy('', null) },
      (error) => reported.push(error),
      lasting,
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
    await until('the greeting', async () => reader.lastId !== null);
    await own.db.execute(sql`update change_head set seq = seq - 1`);
    try {
      await until('the end', async () => reader.ending === 'ended');
      const again = await fetch(`${node.url}/v1/events`, {
        headers: { 'last-event-id': String(reader.lastId) },
      });
      expect(again.status).toBe(400);
    } finally {
      await own.db.execute(sql`update change_head set seq = seq + 1`);
    }
  });

  test('lose a reader that takes nothing', async () => {
    // More than the buffers of two sockets take.
    await own.db.execute(sql`
      with head as (update change_head set seq = seq + 60000 returning seq - 60000 as base)
      insert into change (id, seq, op, first_seen)
      select 'urn:air:slow.test:' || repeat('x', 500) || n, base + n, 'delete', now() from head, generate_series(1, 60000) as n`);
    const patient = await startNode({ ...lasting, batchMax: 500 });
    const socket = connect(Number(new URL(patient.url).port), '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET /v1/events?since=0 HTTP/1.1\r\nhost: x\r\n\r\n');
    await until('the stream is open', async () => patient.streams.size === 1);
    await until('the slow reader is cut', async () => patient.streams.size === 0);
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
    await reader.has(60_000);
    reader.cut();
  });
});

test('npm run serve ends its streams when it is told to stop', async () => {
  const entry = fileURLToPath(new URL('../../functions/serve.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, DATABASE_URL: own.databaseUrl, PORT: '0' },
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
  // Before the grace is over.
  expect(Date.now() - told).toBeLessThan(10_000);
});
