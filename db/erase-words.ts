/** What an agent said in dealings that are over, which goes when the agent leaves; what happened stays for the other side. */

import { sql } from 'drizzle-orm';
import { type ContractState, lastingStates } from '../market/contract/states.ts';
import { pendingRequestStates } from '../market/request/states.ts';
import { type Database, textArray } from './database.ts';

/**
 * Erases the agent's reasons and the words of its terms in contracts that are over. What it gave or delivered is the other
 * side's too, and stays until the contract is emptied, as do prices, times and moves.
 */
export async function eraseContractWords(db: Database, jid: string): Promise<void> {
  await db.execute(sql`
    with own as materialized (
      select id, state, case when client = ${jid} then 'client' else 'provider' end as side
      from contract
      where (client = ${jid} or provider = ${jid}) and due is null and emptied is null
        and state = any(${textArray([...lastingStates] satisfies ContractState[])})
    ), explained as materialized (
      select distinct on (own.id) own.id, event.by = own.side as is_own
      from own join contract_event as event on event.contract = own.id and event.state = own.state
      where event.data ? 'reason' order by own.id, event.seq desc
    ), erased as (
      update contract_event as event set data = unsaid(event.data) from own
      where event.contract = own.id and event.by = own.side and event.data is distinct from unsaid(event.data)
    )
    update contract set
      words = case when contract.offered_by = own.side then null else contract.words end,
      reason = case when explained.is_own then null else contract.reason end
    from own left join explained using (id)
    where contract.id = own.id
      and ((contract.words is not null and contract.offered_by = own.side) or explained.is_own)`);
}

/** The same of calls for proposals: what it needed as their client, and what it said with its answers as one that was asked. */
export async function eraseRequestWords(db: Database, jid: string): Promise<void> {
  const isOver = sql`due is null and emptied is null and state <> all(${textArray([...pendingRequestStates])})`;
  await db.execute(sql`
    with own as (
      update request set need = '', reason = null where client = ${jid} and ${isOver} returning id
    ), answered as (
      update request_asked set words = null, proposal = proposal || '{"words": null}'
      where provider = ${jid} and request in (select id from request where ${isOver})
      returning request
    )
    update request_event set data = unworded(data)
    where data is distinct from unworded(data) and (
      (by = 'client' and request in (select id from own))
      or (provider = ${jid} and request in (select request from answered)))`);
}
