/** The type under which every function here takes a connection, whichever driver is behind it. */

import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** What the functions ask is given up after this long: whatever is asked, it costs the database no more. */
export const questionTimeoutMs = 5_000;

/** Both drivers answer raw statements with an object that has `rows`. */
export function rowsOf<Row = unknown>(result: unknown): Row[] {
  return (result as { rows: Row[] }).rows;
}

/** The texts as an array of Postgres, by one parameter. */
export function textArray(values: string[]): SQL {
  return sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}

export function json(value: unknown): SQL {
  return sql`${value === null ? null : JSON.stringify(value)}::jsonb`;
}

/** As text, since the two drivers write dates differently. */
export function time(at: Date | null): SQL {
  return sql`${at?.toISOString() ?? null}::timestamptz`;
}

/**
 * Ends a select from values that were given. It says of how many there are what the planner otherwise overestimates, so that it
 * looks each one up and does not read a whole table for them.
 */
export function fewRows(count: number | Placeholder): SQL {
  return sql`limit ${count}::int`;
}
