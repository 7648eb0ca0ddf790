import { sql } from 'drizzle-orm';
import { beforeAll, expect } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from './afterwards.ts';
import { forgetAgents, freshDatabase } from './database.ts';
import { type Get, Mirror } from './mirror.ts';

export function expectIncreasing(numbers: number[]): void {
  const wrong = numbers.filter((seq, at) => at > 0 && seq <= (numbers[at - 1] ?? 0));
  expect(wrong).toEqual([]);
}

/** An index of a test file's own, its feed, and mirrors of it. */
export function ownFeed() {
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

  /** The directory forgets all, and its feed begins anew. */
  async function startAnew(): Promise<void> {
    await forgetAgents(db);
    await db.execute(sql`truncate fact, registration`);
    await db.execute(sql`update change_head set seq = 0`);
  }

  async function replayed(query = ''): Promise<Mirror> {
    const mirror = new Mirror(get);
    await mirror.catchUp(query);
    return mirror;
  }

  return {
    startAnew,
    replayed,
    get: (path: string) => get(path),
    get db() {
      return db;
    },
    get databaseUrl() {
      return databaseUrl;
    },
  };
}
