/** How contracts stand, of many at once. */

import { sql } from 'drizzle-orm';
import type { ContractState } from '../market/contract/states.ts';
import { type Database, rowsOf, textArray } from './database.ts';

/** By id; of whoever reads it is not asked. */
export async function contractStates(db: Database, ids: string[]): Promise<Map<string, ContractState>> {
  const result = await db.execute(sql`select id, state from contract where id = any(${textArray(ids)})`);
  return new Map(rowsOf<{ id: string; state: ContractState }>(result).map(({ id, state }) => [id, state]));
}
