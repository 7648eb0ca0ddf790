import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { enqueue, enqueueNew, lease, release, releaseAll, revisitMinMs } from '../../db/queue.ts';
import { ownDatabase } from '../support/database.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
beforeEach(() => database.db.execute(sql`truncate entity`));

const target = (jid: string, dueMs = 0) => ({ jid, domain: jid.split('@').at(-1) ?? jid, depth: 0, dueMs });
const options = { limit: 10, perDomainMax: 10, leaseMs: 60_000 };
const take = async (more: Partial<typeof options> = {}, worker = 'w') =>
  (await lease(database.db, worker, { ...options, ...more })).map(({ jid }) => jid).sort();

/** When the entity is due, in milliseconds from now. */
async function dueMs(jid: string): Promise<number> {
  const [row] = await rowsOf<{ ms: string }>(
    database.db,
    sql`select extract(epoch from due - now()) * 1000 as ms from entity where jid = ${jid}`,
  );
  return Number(row?.ms);
}

describe('the crawl queue', () => {
  test('gives each due entity to one worker only', async () => {
    await enqueue(
      database.db,
      Array.from({ length: 40 }, (_, at) => target(`a${at}@d${at}.test`)),
    );
    const taken = (await Promise.all(Array.from({ length: 8 }, (_, at) => take({}, `w${at}`)))).flat();
    expect(taken).toHaveLength(40);
    expect(new Set(taken).size).toBe(40);
  });

  test('gives out what is due and nothing else', async () => {
    await enqueue(database.db, [target('now@x.test'), target('later@x.test', 60_000)]);
    expect(await take()).toEqual(['now@x.test']);
  });

  test('lets no domain have more than its share at once', async () => {
    await enqueue(database.db, [
      ...Array.from({ length: 20 }, (_, at) => target(`a${at}@big.test`)),
      target('b@small.test'),
    ]);
    const taken = await take({ perDomainMax: 3, limit: 100 });
    expect(taken.filter((jid) => jid.endsWith('@big.test'))).toHaveLength(3);
    expect(taken).toContain('b@small.test');
    expect(await take({ perDomainMax: 3, limit: 100 })).toEqual([]);
  });

  test('gives an entity out again when its lease runs out, and when its worker starts anew', async () => {
    await enqueue(database.db, [target('a@x.test'), target('b@y.test')]);
    expect(await take({ leaseMs: 1 }, 'dead')).toEqual(['a@x.test', 'b@y.test']);
    await expect.poll(() => take({}, 'other')).toEqual(['a@x.test', 'b@y.test']);
    await releaseAll(database.db, 'dead');
    expect(await take()).toEqual([]);
    await releaseAll(database.db, 'other');
    expect(await take()).toEqual(['a@x.test', 'b@y.test']);
  });

  test('keeps a request that comes while the entity is being visited', async () => {
    await enqueue(database.db, [target('a@x.test')]);
    await take();
    await enqueue(database.db, [target('a@x.test')]);
    await release(database.db, 'w', [{ jid: 'a@x.test', nextMs: 3_600_000, failed: false }]);
    expect(await dueMs('a@x.test')).toBeLessThanOrEqual(revisitMinMs);
  });

  test('waits for the next visit when nobody asked meanwhile', async () => {
    await enqueue(database.db, [target('a@x.test')]);
    await take();
    await release(database.db, 'w', [{ jid: 'a@x.test', nextMs: 3_600_000, failed: false }]);
    expect(await dueMs('a@x.test')).toBeGreaterThan(3_500_000);
  });

  test('visits no entity more often than its least interval, however often it is asked for', async () => {
    await enqueue(database.db, [target('a@x.test')]);
    await take();
    await release(database.db, 'w', [{ jid: 'a@x.test', nextMs: 3_600_000, failed: false }]);
    await enqueue(
      database.db,
      Array.from({ length: 100 }, () => target('a@x.test')),
    );
    expect(await take()).toEqual([]);
    expect(await dueMs('a@x.test')).toBeGreaterThan(revisitMinMs / 2);
  });

  test('leaves the schedule of a known entity alone when it is met again', async () => {
    await enqueue(database.db, [target('a@x.test', 60_000)]);
    await enqueueNew(database.db, [target('a@x.test'), target('new@x.test')]);
    expect(await take()).toEqual(['new@x.test']);
  });

  test('counts failures in a row', async () => {
    for (const failed of [true, true, false]) {
      await database.db.execute(sql`truncate entity`);
      await enqueue(database.db, [target('a@x.test')]);
      await database.db.execute(sql`update entity set failures = 2`);
      const [taken] = await lease(database.db, 'w', options);
      expect(taken?.failures).toBe(2);
      await release(database.db, 'w', [{ jid: 'a@x.test', nextMs: 0, failed }]);
      const kept = await rowsOf<{ failures: number }>(database.db, sql`select failures from entity`);
      expect(kept).toEqual([{ failures: failed ? 3 : 0 }]);
    }
  });
});
