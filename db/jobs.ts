/** What the worker is to do on XMPP, enqueued by the statement that makes it due. */

import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';
import { keptByConnections } from './prepared.ts';

/**
 * `call` carries a call on; `confirm` asks an address to confirm; `tell` tells a party what became of a contract, and
 * `tell-rating` what the other side said of it; `tell-request` what became of a call for proposals.
 */
export type Job = {
  task: 'call' | 'confirm' | 'tell' | 'tell-rating' | 'tell-request';
  payload: { [name: string]: string };
};

/** One that waits: as whoever enqueued it wrote it. */
export type WaitingJob = { id: number; task: string; payload: { [name: string]: string }; failures: number };

/** The channel on which whoever does the jobs hears of new ones while it is asleep (migration 0013). */
export const jobChannel = 'guildhall_job';

/** Enqueues the jobs once for each row of `from`. */
export function enqueueFrom(from: SQL, jobs: Job[]): SQL {
  return sql`insert into job (task, payload) select given.task, given.payload
    from ${from} cross join jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as given(task text, payload jsonb)
    returning 1`;
}

/**
 * Strikes off the jobs that are done, and finds those that are due, the longest waiting first, without those that are being
 * done. It does not wait for the disk: a job that is struck off in vain is done again, which is harmless.
 */
export async function nextJobs(
  db: Database,
  { done, running, limit }: { done: number[]; running: number[]; limit: number },
): Promise<WaitingJob[]> {
  const rows = rowsOf<WaitingJob>(
    await db.execute(sql`${keptByConnections}
      with unhurried as materialized (
        select set_config('synchronous_commit', 'off', true)
      ), struck as (
        delete from job using unhurried where id = any(${idArray(done)})
      )
      select id, task, payload, failures from job
      where run_after <= now() and id <> all(${idArray([...done, ...running])})
      order by run_after, id limit ${limit}::int`),
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** Puts a job off that could not be done now. */
export async function putOffJob(db: Database, id: number, pauseMs: number): Promise<void> {
  await db.execute(sql`
    update job set failures = failures + 1, run_after = now() + ${pauseMs} * interval '1 millisecond' where id = ${id}`);
}

/** Notes whether whoever does the jobs wants to be notified of new ones. */
export async function noteReader(db: Database, isAsleep: boolean): Promise<void> {
  await db.execute(sql`
    with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
    update job_reader set is_asleep = ${isAsleep} from unhurried`);
}

function idArray(ids: number[]): SQL {
  return sql`array(select value::bigint from jsonb_array_elements(${JSON.stringify(ids)}::jsonb))`;
}
