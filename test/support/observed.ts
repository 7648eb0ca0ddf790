import { sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import type { Signal } from '../../market/listing.ts';
import { rowsOf } from './rows.ts';

/** What was observed of the agent, for better and for worse: by the signal, or by every signal. */
export async function observedOf(
  db: Database,
  jid: string,
  signal: Signal | null = null,
): Promise<{ good: number; bad: number }> {
  const which = signal === null ? sql`true` : sql`signal = ${signal}`;
  const [sums] = await rowsOf<{ good: number; bad: number }>(
    db,
    sql`select coalesce(sum(good), 0)::int as good, coalesce(sum(bad), 0)::int as bad
      from observation where jid = ${jid} and ${which}`,
  );
  return sums ?? { good: 0, bad: 0 };
}
