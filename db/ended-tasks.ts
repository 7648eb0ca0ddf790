/** Calls that have ended while their task at an Agent Gateway may not have. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/** Those whose task is not known to be cancelled, the longest ended first: what a worker that begins has to see to. */
export async function endedTasks(
  db: Database,
  limit: number,
): Promise<{ id: string; provider: string; client: string }[]> {
  // As the index contract_ended_task has it.
  const result = await db.execute(sql`
    select id, provider, client from contract
    where protocol = 'agent-task' and state in ('cancelled', 'expired')
      and thread->>'step' not in ('todo', 'closed')
    order by since
    limit ${limit}`);
  return rowsOf<{ id: string; provider: string; client: string }>(result);
}
