import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { beforeAll, inject } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { afterwards } from './afterwards.ts';
import { templateDatabase } from './template.ts';

/** Gives a test file a migrated database of its own, which is dropped after the file's tests. */
export async function freshDatabase(): Promise<{ name: string; url: string; edgeUrl: string }> {
  const { url: serverUrl, edge } = inject('stack').postgres;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`);
  afterwards(() => execute(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const edgeUrl = new URL(url);
  edgeUrl.username = edge.user;
  edgeUrl.password = edge.password;
  return { name, url: url.href, edgeUrl: edgeUrl.href };
}

/** A migrated database of a test file's own; the file's tests, and what runs before each, find it connected. */
export function ownDatabase(): { readonly db: Database; readonly url: string } {
  let own: { db: Database; url: string } | undefined;
  beforeAll(async () => {
    const { url } = await freshDatabase();
    const { db, end } = connectWorker(url, () => undefined);
    afterwards(end);
    own = { db, url };
  });
  const there = () => {
    if (!own) throw new Error('the database is there once the tests run');
    return own;
  };
  return {
    get db() {
      return there().db;
    },
    get url() {
      return there().url;
    },
  };
}

/** Forgets every agent, and what was observed of them. */
export async function forgetAgents(db: Database): Promise<void> {
  await db.execute(
    sql`truncate listing, listing_status, agent, consent, presence, observation, vitality, change cascade`,
  );
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
