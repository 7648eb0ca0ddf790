/** A database of a benchmark's own: made, migrated, and gone with its server when the work is done, however it ends. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectWorker, type WorkerDatabase } from '../../db/connect-worker.ts';
import { migrate } from '../migrate.ts';
import { freePort } from '../stack/ports.ts';
import { startPostgres } from '../stack/postgres.ts';

/** @param durable whether commits wait for the disk, for what is measured with it */
export async function withScratchDatabase<Outcome>(
  work: (database: WorkerDatabase & { url: string }) => Promise<Outcome>,
  { durable = false } = {},
): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-bench-'));
  const ends: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  try {
    // Postgres runs as another user when the benchmark runs as root.
    chmodSync(dir, 0o755);
    const port = await freePort();
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      port,
      logFile: join(dir, 'log'),
      durable,
    });
    ends.push(() => postgres.stop());
    await postgres.createDatabase('bench');
    const url = postgres.url('bench');
    await migrate(url);
    const database = connectWorker(url, (error) => process.stderr.write(`${error.message}\n`));
    ends.push(() => database.end());
    return await work({ ...database, url });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
