/** What the worker is to do on XMPP, enqueued by the statement that makes it due. */

import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/** `call` carries a call on; `confirm` asks an address to confirm; `tell` tells a party what became of a contract. */
export type Job = { task: 'call' | 'confirm' | 'tell'; key: string; payload: { [name: string]: string } };

/**
 * Enqueues the jobs once for each row of `from`; the whole statement must refer to every row of it. A job that waits
 * under the same task and key is replaced; one that runs is followed by another.
 */
export function enqueueFrom(from: SQL, jobs: Job[]): SQL {
  return sql`select enqueue_job(job.task, job.payload, job.key) as queued
    from ${from} cross join jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb)
      as job(task text, key text, payload jsonb)`;
}

/**
 * Takes back the jobs of workers that are gone: a job that was begun is otherwise held for hours. Only for the one worker
 * that does jobs, before it begins.
 */
export async function unlockJobs(db: Database): Promise<number> {
  const result = await db.execute(sql`
    select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)), count(*)::int as count
    from graphile_worker._private_jobs where locked_by is not null having count(*) > 0`);
  return rowsOf<{ count: number }>(result)[0]?.count ?? 0;
}
