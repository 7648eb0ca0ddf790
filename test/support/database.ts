import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { afterwards } from './afterwards.ts';
import { templateDatabase } from './template.ts';

/** Gives a test file a migrated database of its own, which is dropped after the file's tests. */
export async function freshDatabase(): Promise<{ name: string; url: string }> {
  const { url: serverUrl } = inject('stack').postgres;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`);
  afterwards(() => execute(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { name, url: url.href };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
