/** Reading calls for proposals. Who may see what of them is for `market/request/view.ts` to say. */

import { asc, lte, sql } from 'drizzle-orm';
import type { Asked, CallForProposals, RequestEvent } from '../market/request/request.ts';
import type { RequestSide, RequestState } from '../market/request/states.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { request, requestEvent } from './schema.ts';

/** Both drivers give what JSON has: times are texts. */
type Row = {
  whole: Omit<CallForProposals, 'deadline' | 'created' | 'since' | 'asked'> & {
    [time in 'deadline' | 'created' | 'since']: string;
  } & { asked: (Omit<Asked, 'since'> & { since: string })[] };
};

const whole = sql`jsonb_build_object(
  'id', request.id, 'client', client, 'need', need, 'input', input, 'budget', budget, 'query', query,
  'deadline', deadline, 'state', state, 'version', version, 'created', request.created, 'since', request.since,
  'awarded', awarded, 'reason', reason,
  'asked', (
    select jsonb_agg(jsonb_build_object(
      'provider', asked.provider, 'listing', asked.listing, 'place', asked.place, 'standing', asked.standing,
      'since', asked.since, 'proposal', asked.proposal, 'words', asked.words, 'answers', asked.answers)
      order by asked.place)
    from request_asked as asked where asked.request = request.id
  )) as whole`;

function requestOf({ whole: row }: Row): CallForProposals {
  return {
    ...row,
    deadline: new Date(row.deadline),
    created: new Date(row.created),
    since: new Date(row.since),
    asked: row.asked.map((one) => ({ ...one, since: new Date(one.since) })),
  };
}

export async function findRequest(db: Database, id: string): Promise<CallForProposals | null> {
  const [row] = rowsOf<Row>(await db.execute(sql`select ${whole} from request where request.id = ${id}`));
  return row ? requestOf(row) : null;
}

export async function requestHistory(db: Database, id: string, limit: number): Promise<RequestEvent[]> {
  const { seq, at, by, provider, move, state, data } = requestEvent;
  return db
    .select({ seq, at, by, provider, move, state, data })
    .from(requestEvent)
    .where(sql`${requestEvent.request} = ${id}`)
    .orderBy(asc(seq))
    .limit(limit);
}

/** Which of a party's calls: those that it made, or in which it is asked, in these states; empty means any. */
export type RequestFilter = { party: string; side: RequestSide | null; states: RequestState[] };

/** Youngest first; `after` is the last one of the page before. */
export async function listRequests(
  db: Database,
  { party, side, states }: RequestFilter,
  page: { after: { created: Date; id: string } | null; limit: number },
): Promise<CallForProposals[]> {
  const { after, limit } = page;
  const madeByIt = sql`select id, created from request where client = ${party}`;
  const askedOfIt = sql`select request as id, created from request_asked
    where provider = ${party} and standing <> 'dropped'`;
  const own =
    side === 'client' ? madeByIt : side === 'provider' ? askedOfIt : sql`${madeByIt} union ${askedOfIt}`;
  const at = after?.created.toISOString() ?? null;
  const rows = rowsOf<Row>(
    await db.execute(sql`
      select ${whole} from (${own}) as own join request on request.id = own.id
      where ${states.length === 0 ? sql`true` : sql`state = any(${textArray(states)})`}
        and ${
          after
            ? sql`(request.created < ${at}::timestamptz
                or (request.created = ${at}::timestamptz and request.id > ${after.id}))`
            : sql`true`
        }
      order by request.created desc, request.id limit ${limit}`),
  );
  return rows.map(requestOf);
}

/** Providers that the message has gone out to that asks them. */
export async function toldProviders(db: Database, id: string): Promise<Set<string>> {
  const result = await db.execute(
    sql`select provider from request_asked where request = ${id} and told is not null`,
  );
  return new Set(rowsOf<{ provider: string }>(result).map(({ provider }) => provider));
}

/** The ids of calls whose time is over, the longest overdue first. */
export async function overdueRequests(db: Database, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: request.id })
    .from(request)
    .where(lte(request.due, sql`now()`))
    .orderBy(request.due)
    .limit(limit);
  return rows.map(({ id }) => id);
}
