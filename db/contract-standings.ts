/** How contracts stand, of many at once. */

import { sql } from 'drizzle-orm';
import type { Standing } from '../market/contract/states.ts';
import { type Database, rowsOf, textArray } from './database.ts';

/** By id; of whoever reads it is not asked. */
export async function contractStandings(db: Database, ids: string[]): Promise<Map<string, Standing>> {
  const result = await db.execute(sql`
    select id, kind, state, offered_by as "offeredBy" from contract where id = any(${textArray(ids)})`);
  return new Map(rowsOf<Standing & { id: string }>(result).map(({ id, ...standing }) => [id, standing]));
}
