/**
 * Statements that a connection plans once and runs often. Planning a search takes longer than running it; what may be
 * planned without its values says so by a comment, and a pool gives it a name. At the edge, where no connection is kept, the
 * database finds the plan by the text (migration 0010). There rows come as JSON: so that their columns have different
 * names, and only types that JSON tells exactly.
 */

import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { Database } from './database.ts';

const mark = '/* planned once */';

/** Stands anywhere in a statement whose best plan is the same whatever its parameters are. */
export const plannedOnce = sql.raw(mark);

const poolMark = '/* kept by connections */';

/**
 * The same where there is a connection to keep the plan, and nothing but the statement at the edge: for what is written, and
 * for rows with types that JSON does not tell.
 */
export const keptByConnections = sql.raw(poolMark);

export function isPlannedOnce(text: string): boolean {
  return text.includes(mark);
}

/** A plan takes some hundred kilobytes of each connection: beyond so many statements the others are planned each time. */
const namesMax = 100;

/** Has the pool's own queries (not those of transactions) prepared where they are marked. */
export function prepareMarked(pool: Pool): void {
  const names = new Map<string, string>();
  const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
  const prepared = (first: unknown, ...rest: unknown[]) => {
    const { text } = (first ?? {}) as { text?: unknown };
    if (typeof text !== 'string' || !(isPlannedOnce(text) || text.includes(poolMark)))
      return query(first, ...rest);
    if (!names.has(text) && names.size >= namesMax) return query(first, ...rest);
    const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 32);
    names.set(text, name);
    return query({ ...(first as object), name }, ...rest);
  };
  pool.query = prepared as Pool['query'];
}

/**
 * A query that is made once for each way to the database, from placeholders: to put a long one together anew takes as long as to
 * run it.
 */
export function builtOnce<Query>(build: (db: Database) => Query): (db: Database) => Query {
  const built = new WeakMap<Database, Query>();
  return (db) => {
    const query = built.get(db) ?? build(db);
    built.set(db, query);
    return query;
  };
}
