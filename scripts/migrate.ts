import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { admitEdge } from './edge-role.ts';

const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
/** Any number, the same for everybody who migrates: two at once wait for each other. */
const lockKey = 7_411_903_018;

/**
 * Brings a database up to the newest migration. Needs a direct connection, since it holds an advisory lock.
 * @param edgeUrl as what the functions connect; where that is another role, it gets the rights and limits of the edge
 */
export async function migrate(url: string, edgeUrl: string | null = null): Promise<void> {
  if (!existsSync(`${migrationsFolder}/meta/_journal.json`)) return;
  const client = new pg.Client({ connectionString: url });
  // A connection that ends meanwhile fails the query that runs on it; unheard, it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await applyMigrations(drizzle(client), { migrationsFolder });
    if (edgeUrl !== null) await admitEdge(client, edgeUrl);
  } finally {
    await client.end();
  }
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL_DIRECT ?? process.env.DATABASE_URL;
  if (url === undefined) {
    console.error('Set DATABASE_URL_DIRECT (or DATABASE_URL) to the database to migrate.');
    process.exit(1);
  }
  try {
    await migrate(url, process.env.DATABASE_URL ?? null);
    console.log('The database is up to date');
  } catch (error) {
    const { message } = ((error as Error).cause as Error | undefined) ?? (error as Error);
    console.error(`The migration failed: ${message}`);
    process.exitCode = 1;
  }
}
