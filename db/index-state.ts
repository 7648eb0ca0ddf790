/** What the answers to searches depend on, named by one cheap statement. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';
import { staleAfterHours } from './listings.ts';
import { plannedOnce } from './prepared.ts';
import { vitalityLimits } from './vitality.ts';

const hours = (count: number) => sql.raw(`interval '${count} hours'`);

/** Names the state; without parameters. */
export const stateStatement = sql`${plannedOnce}
  select concat_ws(' ',
    (select md5(string_agg(mark::text, ' ' order by shard)) from index_mark),
    coalesce((select extract(epoch from max(verified)) from listing_status
      where verified < now() - ${hours(staleAfterHours)}), 0),
    coalesce((select extract(epoch from max(folded)) from vitality
      where folded <= now() - ${hours(vitalityLimits.shownHours)}), 0),
    coalesce((select extract(epoch from max(lease_until)) from registration
      where lease_until <= now()), 0)) as state`;

/**
 * Names the state of everything that readers are shown. Two equal names were read of the same state: each mark names the
 * last transaction that drew it, so that the marks a reader sees name the set of transactions that it sees (migration
 * 0007); and what the passing of time alone shows or hides moves one of the three moments.
 *
 * What is read after the name may be younger than it, never older: so the name is read first.
 */
export async function indexState(db: Database): Promise<string> {
  const [row] = rowsOf<{ state: string }>(await db.execute(stateStatement));
  if (!row?.state) throw new Error('the index has no marks');
  return row.state;
}
