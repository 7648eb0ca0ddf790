import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { type Database, questionTimeoutMs } from '../../db/database.ts';
import * as schema from '../../db/schema.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';

let owner: pg.Client;
let edge: { db: Database; end(): Promise<void> };
let app: ReturnType<typeof createApp>;

function connectEdge(url: string) {
  const pool = new pg.Pool({ connectionString: url });
  return { db: drizzle(pool, { schema }) as Database, end: () => pool.end() };
}

beforeAll(async () => {
  const { url, edgeUrl } = await freshDatabase();
  owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const worker = connectWorker(url, () => undefined);
  await writeIndex(worker.db, [indexOf('fx@works.test', [{ node: 'fx', name: 'Convert currency' }])], 0);
  await worker.end();
  // Without a limit of the connection's own: that of the role holds.
  edge = connectEdge(edgeUrl);
  const deps = { db: edge.db, policy: parsePolicy('', 'works.test') };
  app = createApp({
    deps,
    onError: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await edge.end();
  await owner.end();
});

describe('the role of the edge', () => {
  test.each([
    '/v1/listings?q=currency&explain=true',
    '/v1/listings?sort=recent',
    '/v1/facets',
    '/v1/suggest?q=c',
    '/v1/stats',
    '/v1/agents/fx@works.test',
    '/ard/agents',
    '/readyz',
  ])('may do what %s needs', async (path) => {
    expect([200, 503]).toContain((await app.request(path)).status);
    if (path !== '/readyz') expect((await app.request(path)).status).toBe(200);
  });

  test('may ask for a crawl', async () => {
    const body = JSON.stringify({ jid: 'fx@works.test' });
    const headers = { 'content-type': 'application/json' };
    expect((await app.request('/v1/agents', { method: 'POST', headers, body })).status).toBe(202);
  });

  test.each([
    'insert into listing default values',
    'delete from change',
    'select from subscription',
    'select from news_subscriber',
    'delete from token',
    "update token set hash = ''",
    'update contract_event set seq = 2',
    'delete from contract',
    'delete from job',
    'update job set failures = 0',
    "insert into job (task, payload, run_after) values ('tell', '{}', 'infinity')",
    'update job_reader set is_asleep = false',
    'drop table term',
  ])('may not %s', async (statement) => {
    await expect(edge.db.execute(statement)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/permission denied|must be owner/) },
    });
  });

  test('gives up a question that takes too long, and the caller hears what to do', async () => {
    await owner.query('begin; lock table listing in access exclusive mode');
    try {
      const started = performance.now();
      const response = await app.request('/v1/listings?q=currency');
      expect(performance.now() - started).toBeGreaterThanOrEqual(questionTimeoutMs);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await response.json()).toMatchObject({ code: 'query-too-slow' });
    } finally {
      await owner.query('rollback');
    }
  });
});
