import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { streamLimits } from '../../functions/events/limits.ts';
import type { EventStreams } from '../../functions/events/streams.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startFunctions } from '../../scripts/stack/workerd.ts';
import { afterwards } from '../support/afterwards.ts';
import { until } from '../support/directory.ts';
import { EventReader } from '../support/events.ts';
import { head, limits, ownStreams } from '../support/own-streams.ts';
import { rowsOf } from '../support/rows.ts';
import { shortTimes } from '../support/short-times.ts';

const own = ownStreams();
const { startNode, writeMany } = own;

/** Over a connection of its own: what is asked by it hides nothing of what the streams ask. */
let watcher: Database;
let node: { url: string; streams: EventStreams };
let workerd: string;

beforeAll(async () => {
  const watching = connectWorker(own.databaseUrl, () => undefined);
  afterwards(watching.end);
  watcher = watching.db;
  const functions = await startFunctions({
    port: await freePort(),
    databaseUrl: own.databaseUrl,
    neonEndpoint: inject('stack').neonEndpoint,
    entry: fileURLToPath(new URL('../support/short-events-entry.ts', import.meta.url)),
  });
  afterwards(() => functions.stop());
  workerd = functions.url;
  node = await startNode(limits);
  await writeMany('first', 3);
});

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
        async () =>
          reader.changes.length >= 2 || seen.length + reader.changes.length >= 12 || reader.ending !== null,
      );
      reader.cut();
      seen.push(...reader.changes.map(({ id }) => id));
      resumeFrom = reader.lastId;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 12 }, (_, at) => String(start + 1 + at)));
  });

  test('has heartbeats, and ends after its time with when to come again', async () => {
    const opened = Date.now();
    const reader = await EventReader.open(`${here(where)}/v1/events`);
    await until('the end', async () => reader.ending !== null);
    expect(reader.ending).toBe('ended');
    // The clock of workerd stands still between what it waits for: it may be behind as the stream opens.
    expect(Date.now() - opened).toBeGreaterThan(shortTimes.lifetimeMs / 2);
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
    const before = await lastAsked();
    await until('they ask', async () => (await lastAsked()) !== before);
    for (const reader of readers) reader.cut();
    await until('they ask no more', async () => {
      const last = await lastAsked();
      await wait(5 * shortTimes.periodMs);
      return (await lastAsked()) === last;
    });
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

test('on the edge a stream polls once a second for at most 45 seconds', () => {
  expect(streamLimits).toMatchObject({ periodMs: 1_000, lifetimeMs: 45_000, heartbeatMs: 15_000 });
  expect(streamLimits.readsMax).toBeGreaterThan(streamLimits.lifetimeMs / streamLimits.periodMs);
});
