/** Contracts: written move by move, each in one statement, and read by their parties. */

import { and, asc, eq, inArray, isNotNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import { due } from '../market/contract/due.ts';
import { type ContractState, pendingStates, type Side } from '../market/contract/states.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { type Key, noteKey, takeKey } from './idempotency.ts';
import { enqueueFrom, type Job } from './jobs.ts';
import { keptByConnections } from './prepared.ts';
import { contract, contractEvent } from './schema.ts';

/** Where a call stands with its agent: the worker's own notes, which nobody is shown. */
export type Thread = { [name: string]: unknown };

export type InsertOutcome = 'made' | 'repeated' | 'too-many';

/**
 * Writes a new contract with its first event, what is to be done for it, and the caller's key, all or nothing.
 * @param openMax contracts that one opener may have open at the same time, counted in this statement: those that are
 *   made at the very same moment do not see each other
 * @returns 'repeated' where the key was used before; nothing is written then
 */
export async function insertContract(
  db: Database,
  of: { contract: Contract; event: ContractEvent; thread: Thread | null; jobs: Job[]; key: Key | null },
  openMax: number,
): Promise<InsertOutcome> {
  const { contract: made, event, thread, jobs, key } = of;
  const opener = made.openedBy === 'client' ? sql`client = ${made.client}` : sql`provider = ${made.provider}`;
  const result = await db.execute(sql`${keptByConnections}
    with room as (
      select (select count(*) from (
        select from contract
        where ${opener} and opened_by = ${made.openedBy} and state = any(${textArray([...pendingStates])})
        limit ${openMax}) as open) < ${openMax} as free
    ), taken as (
      ${takeKey(key, made.id, sql`(select free from room)`)}
    ), ${contractParts(sql`taken`, { contract: made, event, thread, jobs })}
    select exists (select from made) as made, (select free from room) as free,
      (select count(*) from job)::int as jobs`);
  const [row] = rowsOf<{ made: boolean; free: boolean }>(result);
  return row?.made ? 'made' : row?.free ? 'repeated' : 'too-many';
}

/**
 * The parts `made`, `event` and `job` of a statement that writes a new contract, its first event, and what is to be done
 * for it, where `from` has a row; the statement must refer to every row of `job`.
 */
export function contractParts(
  from: SQL,
  of: { contract: Contract; event: ContractEvent; thread: Thread | null; jobs: Job[] },
): SQL {
  const { contract: made, event, thread, jobs } = of;
  return sql`made as (
      insert into contract (id, kind, opening, opened_by, client, provider, listing, protocol, input, price, answer_by,
        deliver_by, words, offered_by, state, version, created, since, due, thread)
      select ${made.id}, ${made.kind}, ${made.opening}, ${made.openedBy}, ${made.client}, ${made.provider},
        ${json(made.listing)}, ${made.protocol}, ${json(made.input)}, ${json(made.price)}, ${time(made.answerBy)},
        ${time(made.deliverBy)}, ${made.words}, ${made.offeredBy}, ${made.state}, ${made.version}::int,
        ${time(made.created)}, ${time(made.since)}, ${time(due(made)?.at ?? null)}, ${json(thread)}
      from ${from}
      returning id
    ), event as (${insertEvent(event)} from made), job as (${enqueueFrom(sql`made`, jobs)})`;
}

/**
 * Writes a move onto the version that it was made from, with what is to be done for it. False where the contract has moved
 * since: then nothing is written.
 * @param after the contract that the event leaves
 * @param thread null leaves the worker's notes as they are
 * @param key noted with the contract's id where the move is written
 */
export async function moveContract(
  db: Database,
  of: { after: Contract; event: ContractEvent; thread?: Thread | null; jobs?: Job[]; key?: Key | null },
): Promise<boolean> {
  const { after, event, thread = null, jobs = [], key = null } = of;
  const result = await db.execute(sql`${keptByConnections}
    with made as (
      update contract set
        state = ${after.state}, version = ${after.version}::int, since = ${time(after.since)}, ask = ${json(after.ask)},
        result = ${json(after.result)}, progress = ${json(after.progress)}, reason = ${after.reason},
        fault = ${after.fault}, agreed = ${textArray(after.agreed)}, due = ${time(due(after)?.at ?? null)},
        price = ${json(after.price)}, answer_by = ${time(after.answerBy)}, deliver_by = ${time(after.deliverBy)},
        words = ${after.words}, offered_by = ${after.offeredBy}, thread = coalesce(${json(thread)}, thread)
      where id = ${after.id} and version = ${event.seq - 1}::int
      returning id
    ), event as (${insertEvent(event)} from made), job as (${enqueueFrom(sql`made`, jobs)}),
    noted as (${noteKey(key, sql`made`)})
    select exists (select from made) as made, (select count(*) from job)::int as jobs`);
  return rowsOf<{ made: boolean }>(result)[0]?.made ?? false;
}

/**
 * Notes, before a stanza goes out, that it does: false where the contract has moved, or somebody else noted it first. A
 * stanza that is noted and of which nothing is known any more is not sent again.
 */
export async function claimStep(
  db: Database,
  { id, version }: Pick<Contract, 'id' | 'version'>,
  before: string,
  thread: Thread,
): Promise<boolean> {
  const result = await db.execute(sql`
    update contract set thread = ${json(thread)}
    where id = ${id} and version = ${version}::int and thread->>'step' = ${before}
    returning id`);
  return rowsOf(result).length > 0;
}

function insertEvent({ seq, at, by, move, state, data }: ContractEvent): SQL {
  return sql`insert into contract_event (contract, seq, at, by, move, state, data)
    select id, ${seq}::int, ${time(at)}, ${by}, ${move}, ${state}, ${json(data)}`;
}

export function json(value: unknown): SQL {
  return sql`${value === null ? null : JSON.stringify(value)}::jsonb`;
}

/** As text, since the two drivers write dates differently. */
export function time(at: Date | null): SQL {
  return sql`${at?.toISOString() ?? null}::timestamptz`;
}

const {
  due: _due,
  thread: _thread,
  ...shown
} = (() => {
  const { id, kind, opening, openedBy, client, provider, listing, protocol, input, price } = contract;
  const { answerBy, deliverBy, words, offeredBy, state, version, created, since, ask, result, progress } =
    contract;
  const { reason, fault, agreed, due, thread } = contract;
  return {
    ...{ id, kind, opening, openedBy, client, provider, listing, protocol, input, price },
    ...{ answerBy, deliverBy, words, offeredBy, state, version, created, since, ask, result, progress },
    ...{ reason, fault, agreed, due, thread },
  };
})();

/** The contract, if that address is a party to it. */
export async function findContract(db: Database, id: string, party: string): Promise<Contract | null> {
  const isParty = or(eq(contract.client, party), eq(contract.provider, party));
  const [row] = await db
    .select(shown)
    .from(contract)
    .where(sql`${and(eq(contract.id, id), isParty)} ${keptByConnections}`);
  return row ?? null;
}

/** The contract and the worker's notes, for the worker alone. */
export async function contractToCarryOn(
  db: Database,
  id: string,
): Promise<{ contract: Contract; thread: Thread } | null> {
  const [row] = await db
    .select({ contract: shown, thread: contract.thread })
    .from(contract)
    .where(sql`${contract.id} = ${id} ${keptByConnections}`);
  return row ? { contract: row.contract, thread: row.thread ?? {} } : null;
}

export async function contractHistory(db: Database, id: string, limit: number): Promise<ContractEvent[]> {
  const { seq, at, by, move, state, data } = contractEvent;
  return db
    .select({ seq, at, by, move, state, data })
    .from(contractEvent)
    .where(sql`${contractEvent.contract} = ${id} ${keptByConnections}`)
    .orderBy(asc(seq))
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
    .select(shown)
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
