import type { Database } from '../../db/database.ts';
import { type AppOptions, createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';

/** A database that knows which state the index is in, and nothing else. */
const emptyDatabase = { execute: async () => ({ rows: [{ state: 'empty' }] }) } as unknown as Database;

/** The app for what finds nothing in a database; a fault of it fails the test. */
export function testApp(options: Partial<AppOptions> = {}) {
  return createApp({
    deps: { db: emptyDatabase, policy: parsePolicy('', null) },
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}
