/** Contracts: written move by move, each in one statement, and read by their parties. */

import { and, asc, eq, getTableColumns, inArray, isNotNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import { due } from '../market/contract/due.ts';
import { type ContractState, pendingStates, type Side } from '../market/contract/states.ts';
import { type Database, fewRows, json, rowsOf } from './database.ts';
import { type Key, noteKey, takeKey } from './idempotency.ts';
import type { Job } from './jobs.ts';
import { keptByConnections } from './prepared.ts';
import { contract, contractEvent } from './schema.ts';

/** Where a call stands with its agent: the worker's own notes, which nobody is shown. */
export type Thread = { [name: string]: unknown };

/** Written out, so that it is known to be what the indexes contract_client_open and contract_provider_open hold. */
const isPending = sql.raw(`state in (${pendingStates.map((state) => `'${state}'`).join(', ')})`);

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
  const { openedBy, client, provider } = made;
  const opener = openedBy === 'client' ? sql`client = ${client}` : sql`provider = ${provider}`;
  const result = await db.execute(sql`${keptByConnections}
    with room as (
      select (select count(*) from (
        select from contract
        where ${opener} and opened_by = ${openedBy} and ${isPending}
        limit ${openMax}::int) as open) < ${openMax}::int as free
    ), taken as (
      ${takeKey(key, made.id, sql`(select free from room)`)}
    ), ${contractParts(sql`taken`, { contract: made, event, thread, jobs })}
    select exists (select from made) as made, (select free from room) as free`);
  const [row] = rowsOf<{ made: boolean; free: boolean }>(result);
  return row?.made ? 'made' : row?.free ? 'repeated' : 'too-many';
}

/**
 * The parts `given`, `made`, `event` and `job` of a statement that writes a new contract, its first event, and what is to be
 * done for it, where `from` has a row.
 */
export function contractParts(
  from: SQL,
  of: { contract: Contract; event: ContractEvent; thread: Thread | null; jobs: Job[] },
): SQL {
  const { contract: made, event, thread, jobs } = of;
  const { id, kind, opening, openedBy, client, provider, listing, protocol, input, price } = made;
  const { answerBy, deliverBy, words, offeredBy, state, version, created, since } = made;
  const row = {
    ...{
      id,
      kind,
      opening,
      openedBy,
      client,
      provider,
      listing,
      protocol,
      input,
      price,
      answerBy,
      deliverBy,
    },
    ...{ words, offeredBy, state, version, created, since, due: due(made)?.at ?? null, thread },
    ...{ seq: event.seq, at: event.at, by: event.by, move: event.move, left: event.state, data: event.data },
    jobs,
  };
  return sql`given as materialized (
      select given.* from ${from} cross join jsonb_to_record(${JSON.stringify(row)}::jsonb) as given(id text,
        kind text, opening text, "openedBy" text, client text, provider text, listing jsonb, protocol text, input jsonb,
        price jsonb, "answerBy" timestamptz, "deliverBy" timestamptz, words text, "offeredBy" text, state text,
        version int, created timestamptz, since timestamptz, due timestamptz, thread jsonb, seq int, at timestamptz,
        by text, move text, "left" text, data jsonb, jobs jsonb)
    ), made as (
      insert into contract (id, kind, opening, opened_by, client, provider, listing, protocol, input, price, answer_by,
        deliver_by, words, offered_by, state, version, created, since, due, thread)
      select id, kind, opening, "openedBy", client, provider, listing, protocol, input, price, "answerBy", "deliverBy",
        words, "offeredBy", state, version, created, since, due, thread
      from given
      returning id
    ), event as (
      insert into contract_event (contract, seq, at, by, move, state, data)
      select id, seq, at, by, move, "left", data from given
    ), job as (
      insert into job (task, payload)
      select due.task, due.payload from given, jsonb_to_recordset(jobs) as due(task text, payload jsonb)
    )`;
}

/** A move: the contract that it leaves, its event, and what is to be done for it. */
export type WrittenMove = {
  after: Contract;
  event: ContractEvent;
  /** Null leaves the worker's notes as they are. */
  thread?: Thread | null;
  jobs?: Job[];
};

/**
 * Writes a move onto the version that it was made from. False where the contract has moved since: then nothing is written.
 * @param key noted with the contract's id where the move is written
 */
export async function moveContract(
  db: Database,
  { key = null, ...move }: WrittenMove & { key?: Key | null },
): Promise<boolean> {
  return (await writeMoves(db, [move], key)).has(move.after.id);
}

/** The same for many at once, of each contract one: a second one has the contract moved before it, and is not written. */
export async function moveContracts(db: Database, moves: WrittenMove[]): Promise<boolean[]> {
  const first = new Map(moves.toReversed().map((move) => [move.after.id, move]));
  const written = await writeMoves(db, [...first.values()], null);
  return moves.map((move) => first.get(move.after.id) === move && written.has(move.after.id));
}

/** The ids of the contracts that were moved. */
async function writeMoves(db: Database, moves: WrittenMove[], key: Key | null): Promise<Set<string>> {
  const rows = moves.map(({ after, event, thread = null, jobs = [] }) => {
    const { id, state, version, since, ask, result, progress, reason, fault, agreed } = after;
    const { price, answerBy, deliverBy, words, offeredBy } = after;
    const { at, by, move, data } = event;
    return {
      ...{
        id,
        state,
        version,
        since,
        ask,
        result,
        progress,
        reason,
        fault,
        agreed,
        due: due(after)?.at ?? null,
      },
      ...{ price, answerBy, deliverBy, words, offeredBy },
      ...{ thread, before: event.seq - 1, seq: event.seq, at, by, move, left: event.state, data, jobs },
    };
  });
  const result = await db.execute(sql`${keptByConnections}
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(id text, state text, version int,
        since timestamptz, ask jsonb, result jsonb, progress jsonb, reason text, fault text, agreed text[], due timestamptz,
        price jsonb, "answerBy" timestamptz, "deliverBy" timestamptz, words text, "offeredBy" text,
        thread jsonb, before int, seq int, at timestamptz, by text, move text, "left" text, data jsonb, jobs jsonb)
      ${fewRows(rows.length)}
    ), made as (
      update contract set
        state = given.state, version = given.version, since = given.since, ask = given.ask, result = given.result,
        progress = given.progress, reason = given.reason, fault = given.fault, agreed = given.agreed, due = given.due,
        price = given.price, answer_by = given."answerBy", deliver_by = given."deliverBy", words = given.words,
        offered_by = given."offeredBy",
        thread = coalesce(given.thread, contract.thread)
      from given where contract.id = given.id and contract.version = given.before
      returning contract.id
    ), event as (
      insert into contract_event (contract, seq, at, by, move, state, data)
      select id, seq, at, by, move, "left", data from given join made using (id)
    ), job as (
      insert into job (task, payload) select due.task, due.payload
      from given join made using (id) cross join jsonb_to_recordset(jobs) as due(task text, payload jsonb)
    ), noted as (${noteKey(key, sql`made`)})
    select id from made`);
  return new Set(rowsOf<{ id: string }>(result).map(({ id }) => id));
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
