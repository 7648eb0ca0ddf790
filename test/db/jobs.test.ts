import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { enqueueFrom, type Job, jobChannel, nextJobs, noteReader, putOffJob } from '../../db/jobs.ts';
import { listen } from '../../db/listen.ts';
import { ownDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';

const database = ownDatabase();

const enqueue = (...jobs: Job[]) => database.db.execute(enqueueFrom(sql`(select 1) as one`, jobs));
const tell = (contract: string): Job => ({ task: 'tell', payload: { contract } });
const next = (given: Partial<Parameters<typeof nextJobs>[1]> = {}) =>
  nextJobs(database.db, { done: [], running: [], limit: 100, ...given });

describe('jobs', () => {
  test('are found in the order in which they came, but for those under way, until they are struck off', async () => {
    await enqueue(tell('a'), tell('b'), tell('c'));
    const [a, b, c] = await next();
    expect([a, b, c].map((job) => job?.payload.contract)).toEqual(['a', 'b', 'c']);
    expect(a).toMatchObject({ task: 'tell', failures: 0 });
    expect(await next({ limit: 1 })).toEqual([a]);
    expect(await next({ running: [a?.id ?? 0] })).toEqual([b, c]);
    expect(await next({ done: [b?.id ?? 0] })).toEqual([a, c]);
    expect(await next({ done: [a?.id ?? 0, c?.id ?? 0] })).toEqual([]);
    expect(await next()).toEqual([]);
  });

  test('that could not be done come again after a while, and say how often they failed', async () => {
    await enqueue(tell('late'));
    const [job] = await next();
    await putOffJob(database.db, job?.id ?? 0, 60_000);
    expect(await next()).toEqual([]);
    await putOffJob(database.db, job?.id ?? 0, 0);
    expect(await next()).toEqual([{ ...job, failures: 2 }]);
    await next({ done: [job?.id ?? 0] });
  });

  test('are not kept where they say too much', async () => {
    await expect(enqueue(tell('x'.repeat(9_000)))).rejects.toMatchObject({
      cause: { constraint: 'job_payload' },
    });
  });

  test('wake whoever does them, and only one who is asleep', async () => {
    let heard = 0;
    const end = listen(database.url, jobChannel, () => heard++);
    try {
      await until('it listens', async () => heard === 1);
      await noteReader(database.db, true);
      await enqueue(tell('wakes'));
      await until('it is woken', async () => heard === 2);
      await noteReader(database.db, false);
      await enqueue(tell('is quiet'));
      // A later notification comes after an earlier one.
      await database.db.execute(sql`select pg_notify(${jobChannel}, '')`);
      await until('it is woken again', async () => heard === 3);
      await wait(100);
      expect(heard).toBe(3);
    } finally {
      await end();
    }
  });

  test('are heard of again after the connection was cut', async () => {
    let heard = 0;
    const end = listen(database.url, jobChannel, () => heard++);
    try {
      await until('it listens', async () => heard === 1);
      await database.db.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'guildhall-listen' and datname = current_database()`,
      );
      await until('it listens again', async () => heard === 2);
      await noteReader(database.db, true);
      await enqueue(tell('after'));
      await until('it is woken', async () => heard === 3);
    } finally {
      await end();
    }
  });
});
