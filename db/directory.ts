/** Whose database this is. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/**
 * Takes the database for the directory of that address, or learns that it is another's: consents are given to one
 * address, and another's roster knows nothing of them.
 * @returns the address to which the database belongs
 */
export async function claimDatabase(db: Database, jid: string): Promise<string> {
  const result = await db.execute(sql`
    with claimed as (
      insert into directory (one, jid) values (1, ${jid}) on conflict (one) do nothing returning jid
    )
    select jid from claimed union all select jid from directory limit 1`);
  return (result as unknown as { rows: { jid: string }[] }).rows[0]?.jid ?? jid;
}

/** The address of the directory whose database this is; null where no worker has claimed it yet. */
export async function directoryAddress(db: Database): Promise<string | null> {
  const result = await db.execute(sql`select jid from directory`);
  return rowsOf<{ jid: string }>(result)[0]?.jid ?? null;
}
