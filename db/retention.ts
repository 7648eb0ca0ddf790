/**
 * What is not kept for ever: what was said in contracts and calls for proposals that ended long ago. Who dealt with whom, and
 * how it ended, stays.
 */

import { sql } from 'drizzle-orm';
import { contractLimits } from '../market/contract/limits.ts';
import { type ContractState, lastingStates } from '../market/contract/states.ts';
import { pendingRequestStates } from '../market/request/states.ts';
import { type Database, rowsOf, textArray } from './database.ts';

/**
 * Removes what the parties said and gave in contracts that are in a lasting state for longer than they are kept; those that
 * ended first go first. Moves, times, states and whose doing a failure was remain, so that the history adds up still.
 * @param max contracts of one transaction
 * @returns how many
 */
export async function emptyContracts(db: Database, max: number): Promise<number> {
  return db.transaction(async (tx) => {
    // As the index contract_kept has it.
    const emptied = await tx.execute(sql`
      update contract set emptied = now(), input = '{}', ask = null, result = null, progress = null, reason = null,
        thread = null, words = null
      where id in (
        select id from contract
        where emptied is null and due is null and state = any(${textArray([...lastingStates] satisfies ContractState[])})
          and since < now() - ${contractLimits.keptDays} * interval '1 day'
        order by since limit ${max} for update skip locked)
      returning id`);
    const ids = rowsOf<{ id: string }>(emptied).map(({ id }) => id);
    if (ids.length === 0) return 0;
    await tx.execute(sql`
      update contract_event set data = case when data ? 'fault' then jsonb_build_object('fault', data->'fault') else '{}' end
      where contract = any(${textArray(ids)})`);
    return ids.length;
  });
}

/**
 * The same of calls for proposals that can be awarded no more: what was needed and given, and what was said with a proposal, a
 * refusal or a withdrawal. Who was asked, prices and times remain.
 * @param max calls of one transaction
 * @returns how many
 */
export async function emptyRequests(db: Database, max: number): Promise<number> {
  return db.transaction(async (tx) => {
    // As the index request_kept has it.
    const emptied = await tx.execute(sql`
      update request set emptied = now(), need = '', input = '{}', query = null, reason = null
      where id in (
        select id from request
        where emptied is null and due is null and state <> all(${textArray([...pendingRequestStates])})
          and since < now() - ${contractLimits.keptDays} * interval '1 day'
        order by since limit ${max} for update skip locked)
      returning id`);
    const ids = rowsOf<{ id: string }>(emptied).map(({ id }) => id);
    if (ids.length === 0) return 0;
    const ofThem = sql`request = any(${textArray(ids)})`;
    await tx.execute(sql`
      update request_asked set words = null, proposal = proposal || '{"words": null}' where ${ofThem}`);
    await tx.execute(sql`update request_event set data = unworded(data) where ${ofThem}`);
    return ids.length;
  });
}
