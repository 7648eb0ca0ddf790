/** Contracts, as their parties and the worker read them. */

import { and, asc, eq, getTableColumns, inArray, isNotNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import type { ContractState, Side } from '../market/contract/states.ts';
import type { Thread } from './contracts.ts';
import { type Database, rowsOf } from './database.ts';
import { keptByConnections } from './prepared.ts';
import { contract, contractEvent } from './schema.ts';

/** What a contract is read with. */
export const shownContract = (() => {
  const { due: _due, thread: _thread, emptied: _emptied, ...columns } = getTableColumns(contract);
  return columns;
})();

export const eventColumns = (() => {
  const { contract: _contract, ...columns } = getTableColumns(contractEvent);
  return columns;
})();

/** The contract, if that address is a party to it. */
export async function findContract(db: Database, id: string, party: string): Promise<Contract | null> {
  const isParty = or(eq(contract.client, party), eq(contract.provider, party));
  const [row] = await db
    .select(shownContract)
    .from(contract)
    .where(sql`${and(eq(contract.id, id), isParty)} ${keptByConnections}`);
  return row ?? null;
}

export type CarriedContract = { contract: Contract; thread: Thread };

/** The contract and the worker's notes, for the worker alone. */
export async function contractToCarryOn(db: Database, id: string): Promise<CarriedContract | null> {
  const [row] = await db
    .select({ contract: shownContract, thread: contract.thread })
    .from(contract)
    .where(sql`${contract.id} = ${id} ${keptByConnections}`);
  return row ? { contract: row.contract, thread: row.thread ?? {} } : null;
}

export async function contractHistory(db: Database, id: string, limit: number): Promise<ContractEvent[]> {
  return db
    .select(eventColumns)
    .from(contractEvent)
    .where(sql`${contractEvent.contract} = ${id} ${keptByConnections}`)
    .orderBy(asc(contractEvent.seq))
    .limit(limit);
}

/** Which of a party's contracts: those in which it is that side, and in these states; empty means any. */
export type ContractFilter = { party: string; side: Side | null; states: ContractState[] };

/** Youngest first; `after` is the last one of the page before. */
export async function listContracts(
  db: Database,
  { party, side, states }: ContractFilter,
  page: { after: { created: Date; id: string } | null; limit: number },
): Promise<Contract[]> {
  const sides = {
    client: eq(contract.client, party),
    provider: eq(contract.provider, party),
  };
  const { after } = page;
  return db
    .select(shownContract)
    .from(contract)
    .where(
      and(
        side ? sides[side] : or(sides.client, sides.provider),
        states.length > 0 ? inArray(contract.state, states) : undefined,
        after
          ? or(
              lt(contract.created, after.created),
              and(eq(contract.created, after.created), sql`${contract.id} > ${after.id}`),
            )
          : undefined,
      ),
    )
    .orderBy(sql`${contract.created} desc`, contract.id)
    .limit(page.limit);
}

/**
 * How many contracts the opener offered in that time that nobody accepted: to anybody, and to that other party.
 * @param max beyond which nothing is counted
 */
export async function unacceptedOffers(
  db: Database,
  {
    side,
    opener,
    other,
    hours,
    max,
  }: { side: Side; opener: string; other: string; hours: number; max: number },
): Promise<{ toAnybody: number; toOther: number }> {
  const [own, theirs] = side === 'client' ? [sql`client`, sql`provider`] : [sql`provider`, sql`client`];
  const result = await db.execute(sql`
    select count(*)::int as "toAnybody", (count(*) filter (where party = ${other}))::int as "toOther"
    from (
      select ${theirs} as party from contract
      where ${own} = ${opener} and opened_by = ${side} and opening = 'offer'
        and created > now() - ${hours} * interval '1 hour'
        and not exists (select from contract_event where contract_event.contract = contract.id and contract_event.move = 'accept')
      order by created desc
      limit ${max}
    ) as offered`);
  return rowsOf<{ toAnybody: number; toOther: number }>(result)[0] ?? { toAnybody: 0, toOther: 0 };
}

/** Calls that have not ended, the longest waiting first: what a worker that begins has to carry on. */
export async function callsUnderWay(
  db: Database,
  limit: number,
): Promise<{ id: string; provider: string; client: string }[]> {
  const { id, provider, client } = contract;
  return db
    .select({ id, provider, client })
    .from(contract)
    .where(
      and(
        eq(contract.kind, 'call'),
        inArray(contract.state, ['accepted', 'working', 'input-required']),
        isNotNull(contract.due),
      ),
    )
    .orderBy(contract.due)
    .limit(limit);
}

/** The ids of contracts whose time is over, the longest overdue first. */
export async function overdueContracts(db: Database, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: contract.id })
    .from(contract)
    .where(lte(contract.due, sql`now()`))
    .orderBy(contract.due)
    .limit(limit);
  return rows.map(({ id }) => id);
}
