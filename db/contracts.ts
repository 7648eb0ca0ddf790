/** Contracts, written move by move, each in one statement; `read-contracts.ts` reads them. */

import { type SQL, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import { due } from '../market/contract/due.ts';
import { pendingStates } from '../market/contract/states.ts';
import { type Database, fewRows, json, rowsOf } from './database.ts';
import { type Key, noteKey, takeKey } from './idempotency.ts';
import type { Job } from './jobs.ts';
import { keptByConnections } from './prepared.ts';

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
