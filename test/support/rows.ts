import type { SQL } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { rowsOf as rowsOfResult } from '../../db/database.ts';

/** The rows that a statement gives, of the type that the test says they have. */
export async function rowsOf<Row>(db: Database, statement: SQL): Promise<Row[]> {
  return rowsOfResult<Row>(await db.execute(statement));
}
