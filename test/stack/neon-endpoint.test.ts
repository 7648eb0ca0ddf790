import { type FullQueryResults, neon, neonConfig } from '@neondatabase/serverless';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type NeonEndpoint, startNeonEndpoint } from '../../scripts/stack/neon-endpoint.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { freshDatabase } from '../support/database.ts';

const { neonEndpoint } = inject('stack');
let url: string;
let restricted: NeonEndpoint;

beforeAll(async () => {
  neonConfig.fetchEndpoint = neonEndpoint;
  url = (await freshDatabase()).url;
  await neon(url)`CREATE TABLE guild (name text PRIMARY KEY, members int NOT NULL)`;
  restricted = await startNeonEndpoint({ port: await freePort(), allow: ['postgresql://a:b@127.0.0.1/c'] });
});
afterAll(() => restricted.stop());

function post(endpoint: string, body: string, headers: Record<string, string> = {}) {
  return fetch(endpoint, { method: 'POST', body, headers: { 'Neon-Connection-String': url, ...headers } });
}

test('the driver reads values of every kind through the endpoint', async () => {
  const sql = neon(url);
  const [row] = await sql`SELECT 1::int AS whole, 9007199254740993::bigint AS big, 0.10::numeric AS exact,
    true AS yes, NULL AS nothing, '{"a": [1]}'::jsonb AS json, ARRAY['x', 'y z'] AS list,
    ${'text with \' and "'}::text AS text, ${null}::text AS none, ${['p', 'q']}::text[] AS given`;
  expect(row).toEqual({
    whole: 1,
    big: '9007199254740993',
    exact: '0.10',
    yes: true,
    nothing: null,
    json: { a: [1] },
    list: ['x', 'y z'],
    text: 'text with \' and "',
    none: null,
    given: ['p', 'q'],
  });
});

test('every value travels as the text that PostgreSQL wrote', async () => {
  const response = await post(
    neonEndpoint,
    JSON.stringify({ query: 'SELECT 1 AS n, true AS t, NULL AS z', params: [] }),
  );
  expect(await response.json()).toMatchObject({
    command: 'SELECT',
    rowCount: 1,
    rowAsArray: false,
    rows: [{ n: '1', t: 't', z: null }],
    fields: [
      { name: 'n', dataTypeID: 23 },
      { name: 't', dataTypeID: 16 },
      { name: 'z', dataTypeID: 25 },
    ],
  });
});

test('array mode keeps columns of the same name apart', async () => {
  const sql = neon(url, { arrayMode: true, fullResults: true });
  const result = (await sql`SELECT 1 AS n, 2 AS n`) as FullQueryResults<true>;
  expect(result.rows).toEqual([[1, 2]]);
  expect(result.rowAsArray).toBe(true);
});

test('an error of PostgreSQL reaches the driver with its code, detail and position', async () => {
  const sql = neon(url);
  await sql`INSERT INTO guild VALUES ('masons', 3)`;
  await expect(sql`INSERT INTO guild VALUES ('masons', 4)`).rejects.toMatchObject({
    name: 'NeonDbError',
    code: '23505',
    severity: 'ERROR',
    constraint: 'guild_pkey',
    detail: 'Key (name)=(masons) already exists.',
  });
  await expect(sql`SELECT nonsense`).rejects.toMatchObject({ code: '42703', position: '8' });
});

test('a batch is one transaction: all of it is written, or nothing', async () => {
  const sql = neon(url);
  const [inserted, counted] = await sql.transaction([
    sql`INSERT INTO guild VALUES ('bakers', 5) RETURNING name`,
    sql`SELECT count(*)::int AS n FROM guild WHERE name = 'bakers'`,
  ]);
  expect([inserted, counted]).toEqual([[{ name: 'bakers' }], [{ n: 1 }]]);

  const failing = sql.transaction([sql`INSERT INTO guild VALUES ('smiths', 1)`, sql`SELECT 1 / 0`]);
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await sql`SELECT 1 FROM guild WHERE name = 'smiths'`).toEqual([]);
});

test('a batch honours its isolation level and read-only mode', async () => {
  const sql = neon(url);
  const [level] = await sql.transaction([sql`SHOW transaction_isolation`], {
    isolationLevel: 'Serializable',
  });
  expect(level).toEqual([{ transaction_isolation: 'serializable' }]);
  const write = sql.transaction([sql`DELETE FROM guild`], { readOnly: true });
  await expect(write).rejects.toMatchObject({ code: '25006' });
});

test.each([
  ['a body that is not JSON', '{', {}, 400],
  ['a body without a query', '{"params": []}', {}, 400],
  ['params that are no list', '{"query": "SELECT 1", "params": {}}', {}, 400],
  ['an unknown isolation level', '{"queries": []}', { 'Neon-Batch-Isolation-Level': 'Loose' }, 400],
  ['a body that is too long', `"${' '.repeat(17 * 1024 * 1024)}"`, {}, 413],
])('%s is refused with a message', async (_what, body, headers, status) => {
  const response = await post(neonEndpoint, body, headers);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ message: expect.any(String) });
});

test('a connection string that is not allowed is refused', async () => {
  const response = await post(restricted.url, '{"query": "SELECT 1"}');
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ message: 'this connection string is not served here' });
});

test('a server that nobody serves is reported, and the endpoint goes on', async () => {
  const nowhere = `postgresql://a:b@127.0.0.1:${await freePort()}/c`;
  await expect(neon(nowhere)`SELECT 1`).rejects.toThrow(/500/);
  expect(await neon(url)`SELECT 1 AS n`).toEqual([{ n: 1 }]);
});
