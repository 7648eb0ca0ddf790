import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectWorker } from '../../db/connect-worker.ts';
import { migrate } from '../../scripts/migrate.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { afterwards } from './afterwards.ts';
import type { TestDirectory } from './directory.ts';

/** Moves the directory into a Postgres of the test file's own, which can be killed and started again. */
export async function inOwnPostgres(
  directory: TestDirectory,
): Promise<TestDirectory & { kill(): Promise<void>; restart(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-postgres-'));
  const options = { dir: folder, port: await freePort(), logFile: join(folder, 'log') };
  let server = await startPostgres(options);
  afterwards(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await server.createDatabase('guildhall');
  const databaseUrl = server.url('guildhall');
  await migrate(databaseUrl);
  const { db, end } = connectWorker(databaseUrl, () => undefined);
  afterwards(end);
  return {
    ...directory,
    databaseUrl,
    db,
    environment: { ...directory.environment, DATABASE_URL_DIRECT: databaseUrl },
    async kill() {
      server.kill('SIGKILL');
      await server.exited;
    },
    async restart() {
      server = await startPostgres(options);
    },
  };
}
