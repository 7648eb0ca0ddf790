/** Calls for proposals: written move by move, each in one statement. `read-requests.ts` reads them. */

import { type SQL, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import { requestDue } from '../market/request/due.ts';
import type { Asked, CallForProposals, RequestEvent } from '../market/request/request.ts';
import { pendingRequestStates } from '../market/request/states.ts';
import { contractParts } from './contracts.ts';
import { type Database, json, rowsOf, textArray, time } from './database.ts';
import { type Key, noteKey, takeKey } from './idempotency.ts';
import { enqueueFrom, type Job } from './jobs.ts';

export type InsertRequestOutcome = 'made' | 'repeated' | 'too-many';

export type RequestRoom = {
  /** Calls of one client that can still be awarded. */
  pendingMax: number;
  /** Providers that it has had asked in the last hours. */
  askedMax: number;
  hours: number;
};

/**
 * Writes a new call with who is asked, its first event, what is to be done for it, and the caller's key, all or nothing.
 * @param room counted in this statement: calls that are made at the very same moment do not see each other
 * @returns 'repeated' where the key was used before; nothing is written then
 */
export async function insertRequest(
  db: Database,
  of: { request: CallForProposals; site: string; event: RequestEvent; jobs: Job[]; key: Key | null },
  { pendingMax, askedMax, hours }: RequestRoom,
): Promise<InsertRequestOutcome> {
  const { request: made, site, event, jobs, key } = of;
  const pending = textArray([...pendingRequestStates]);
  const result = await db.execute(sql`
    with room as (
      select (
        select count(*) from request where client = ${made.client} and state = any(${pending})
      ) < ${pendingMax} and (
        select count(*) from request join request_asked on request_asked.request = request.id
        where client = ${made.client} and request.created > now() - ${hours} * interval '1 hour'
      ) + ${made.asked.length}::int <= ${askedMax} as free
    ), taken as (
      ${takeKey(key, made.id, sql`(select free from room)`)}
    ), called as (
      insert into request (id, client, site, need, input, budget, query, deadline, state, version, created, since, due)
      select ${made.id}, ${made.client}, ${site}, ${made.need}, ${json(made.input)}, ${json(made.budget)},
        ${made.query}, ${time(made.deadline)}, ${made.state}, ${made.version}::int, ${time(made.created)},
        ${time(made.since)}, ${time(requestDue(made)?.at ?? null)}
      from taken
      returning id
    ), asked as (
      insert into request_asked (request, place, provider, listing, created, standing, since)
      select id, place, provider, listing, ${time(made.created)}, standing, ${time(made.since)}
      from called cross join jsonb_to_recordset(${JSON.stringify(made.asked)}::jsonb)
        as asked(place smallint, provider text, listing jsonb, standing text)
    ), event as (${eventRow(event, sql`called`)}), job as (${enqueueFrom(sql`called`, jobs)})
    select exists (select from called) as made, (select free from room) as free`);
  const [row] = rowsOf<{ made: boolean; free: boolean }>(result);
  return row?.made ? 'made' : row?.free ? 'repeated' : 'too-many';
}

/** The contract that an award makes. */
export type AwardedContract = { contract: Contract; event: ContractEvent };

/**
 * Writes a move onto the version that it was made from, with what is to be done for it, and the contract that it makes.
 * False where the call has moved since: then nothing is written.
 * @param after the call that the event leaves
 * @param key noted with the call's id where the move is written
 */
export async function moveRequest(
  db: Database,
  of: {
    after: CallForProposals;
    event: RequestEvent;
    jobs?: Job[];
    key?: Key | null;
    award?: AwardedContract | null;
  },
): Promise<boolean> {
  const { after, event, jobs = [], key = null, award = null } = of;
  const about = after.asked.find(({ provider }) => provider === event.provider);
  const result = await db.execute(sql`
    with moved as (
      update request set
        state = ${after.state}, version = ${after.version}::int, since = ${time(after.since)},
        awarded = ${json(after.awarded)}, reason = ${after.reason}, due = ${time(requestDue(after)?.at ?? null)}
      where id = ${after.id} and version = ${event.seq - 1}::int
      returning id
    ), stands as (${standingRow(about)}), noticed as (${eventRow(event, sql`moved`)}),
    noted as (${noteKey(key, sql`moved`)}),
    ${award ? contractParts(sql`moved`, { ...award, thread: null, jobs }) : sql`job as (${enqueueFrom(sql`moved`, jobs)})`}
    select exists (select from moved) as moved`);
  return rowsOf<{ moved: boolean }>(result)[0]?.moved ?? false;
}

/**
 * Notes, before it is sent, that a provider is asked by message; false where it was not asked to be. A message that is sent
 * again, since nobody knows what became of it, is noted once.
 */
export async function noteTold(db: Database, id: string, provider: string): Promise<boolean> {
  const result = await db.execute(sql`
    update request_asked set told = coalesce(told, now())
    where request = ${id} and provider = ${provider} and standing <> 'dropped'
    returning 1`);
  return rowsOf(result).length > 0;
}

function standingRow(about: Asked | undefined): SQL {
  if (!about) return sql`select 1`;
  const { provider, standing, since, proposal, words, answers } = about;
  return sql`update request_asked set
      standing = ${standing}, since = ${time(since)}, proposal = ${json(proposal)}, words = ${words},
      answers = ${answers}::smallint
    from moved where request_asked.request = moved.id and provider = ${provider}`;
}

function eventRow({ seq, at, by, provider, move, state, data }: RequestEvent, from: SQL): SQL {
  return sql`insert into request_event (request, seq, at, by, provider, move, state, data)
    select id, ${seq}::int, ${time(at)}, ${by}, ${provider}, ${move}, ${state}, ${json(data)} from ${from}`;
}
