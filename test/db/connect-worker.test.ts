import { setTimeout as wait } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { type Database, rowsOf } from '../../db/database.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { startProxy } from '../support/proxy.ts';

test('a connection that Postgres ends within a transaction fails the transaction, and nothing else', async () => {
  const { url } = await freshDatabase();
  const connect = () => {
    const { db, end } = connectWorker(url, () => undefined);
    afterwards(end);
    return db;
  };
  const [db, other] = [connect(), connect()];
  const rows = async (on: Pick<Database, 'execute'>, statement: SQL) =>
    rowsOf<{ pid: number }>(await on.execute(statement));
  const failed = db.transaction(async (tx) => {
    const [own] = await rows(tx, sql`select pg_backend_pid() as pid`);
    await other.execute(sql`select pg_terminate_backend(${own?.pid}::int)`);
    await until(
      'the connection is gone',
      async () =>
        (await rows(other, sql`select pid from pg_stat_activity where pid = ${own?.pid}::int`)).length === 0,
    );
    await tx.execute(sql`select`);
  });
  await expect(failed).rejects.toThrow();
  expect(await rows(db, sql`select 1 as pid`)).toEqual([{ pid: 1 }]);
});

test('a transaction that could not begin gives its connection back', async () => {
  const url = new URL((await freshDatabase()).url);
  const proxy = await startProxy(`xmpp://${url.host}`);
  url.host = new URL(proxy.service).host;
  const { db, end } = connectWorker(url.href, () => undefined);
  await db.execute(sql`select`);
  proxy.freeze();
  const failed = expect(db.transaction((tx) => tx.execute(sql`select`))).rejects.toThrow();
  await wait(100);
  proxy.end('reset');
  await failed;
  // The pool ends once every connection has been given back.
  await end();
});
