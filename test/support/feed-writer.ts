/** A process that writes listings in slow transactions: `feed-writer.ts NAME TRANSACTIONS`, over DATABASE_URL. */

import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { connectWorker } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { indexOf } from './listings.ts';

const [name = '', count = '0'] = process.argv.slice(2);
const { db, end } = connectWorker(process.env.DATABASE_URL ?? '', (error) => {
  throw error;
});
const pause = (maxMs: number) => sql`select pg_sleep(${(Math.random() * maxMs) / 1000})`;

/** Listings of its own, and one that every writer changes; several such transactions run at once in a process. */
async function write(at: number): Promise<void> {
  const nodes = Array.from({ length: 1 + (at % 4) }, (_, of) => ({ node: `n${of}` }));
  await db.transaction(async (tx) => {
    await tx.execute(pause(40));
    await writeIndex(tx, [indexOf(`${name}${at}@works.test`, nodes)], 60_000);
    // The numbers are taken and the transaction lingers: who reads by now must not see later ones.
    await tx.execute(pause(15));
  });
  if (at % 5 > 0) return;
  await writeIndex(db, [indexOf('both@works.test', [{ node: 'n', name: `${name} ${at}` }])], 60_000);
}

const transactions = Array.from({ length: Number(count) }, (_, at) => at);
await Promise.all(
  [0, 1, 2].map(async (lane) => {
    for (const at of transactions.filter((one) => one % 3 === lane)) {
      await write(at);
      await wait(Math.random() * 5);
    }
  }),
);
await end();
