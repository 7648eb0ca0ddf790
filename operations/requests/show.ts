/** Calls for proposals as their parties see them. */

import { keptKey } from '../../db/idempotency.ts';
import { findRequest, listRequests, type RequestFilter, requestHistory } from '../../db/read-requests.ts';
import { decodeCursor, encodeCursor } from '../../market/cursor.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { requestLimits } from '../../market/request/limits.ts';
import type { CallForProposals } from '../../market/request/request.ts';
import { isSettledFor, type RequestView, viewOf } from '../../market/request/view.ts';
import { waitLimits } from '../contracts/wait.ts';
import type { Caller, Deps } from '../deps.ts';

/** Every answer that there can be, what the directory and the client do, and room. */
const eventsMax = requestLimits.askedMax * (requestLimits.answersMax + 1) + 10;
/** As ids are made: nothing else is asked of the database. */
const ID = /^r[A-Za-z0-9_-]{22}$/;

/** The call, if the caller made it or is asked in it: to anybody else there is none. */
export async function partysRequest(
  { db }: Deps,
  caller: Caller,
  id: string,
): Promise<CallForProposals | Problem> {
  const request = ID.test(id) ? await findRequest(db, id) : null;
  if (request && viewOf(request, [], caller.jid, new Date())) return request;
  return problem(
    'request-not-found',
    'You neither made nor were asked in a call of this id; expected one as your list has it.',
  );
}

export async function showRequest(deps: Deps, caller: Caller, id: string): Promise<RequestView | Problem> {
  const request = await partysRequest(deps, caller, id);
  if (isProblem(request)) return request;
  const view = viewOf(request, await requestHistory(deps.db, id, eventsMax), caller.jid, new Date());
  if (!view) throw new Error('a party sees its call');
  return view;
}

/** The call at the first state that needs its client or is final, or as it is when the time is over. */
export async function waitForRequest(
  deps: Deps,
  caller: Caller,
  id: string,
  seconds: number,
  signal: AbortSignal | null = null,
): Promise<RequestView | Problem> {
  const until = Date.now() + Math.min(seconds, waitLimits.secondsMax) * 1_000;
  while (!signal?.aborted) {
    const request = await partysRequest(deps, caller, id);
    const left = until - Date.now();
    if (isProblem(request) || left <= 0) break;
    if (isSettledFor({ request, side: request.client === caller.jid ? 'client' : 'provider' })) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, waitLimits.pollMs)));
  }
  return showRequest(deps, caller, id);
}

/** What came of an earlier request with the key; null where there was none. */
export async function requestOfKey(
  deps: Deps,
  caller: Caller,
  key: string,
  asked: string,
): Promise<CallForProposals | Problem | null> {
  const kept = await keptKey(deps.db, caller.jid, key);
  if (!kept) return null;
  if (kept.asked === asked) return partysRequest(deps, caller, kept.outcome);
  return problem(
    'key-reused',
    'The key was used for another request in the last 24 hours; expected a new one.',
  );
}

export type RequestsInput = Omit<RequestFilter, 'party'> & { limit: number; cursor: string | null };

/** The caller's calls, and those in which it is asked, youngest first. */
export async function browseRequests(
  { db }: Deps,
  caller: Caller,
  { side, states, limit, cursor }: RequestsInput,
): Promise<{ items: RequestView[]; cursor: string | null } | Problem> {
  const scope = ['requests', caller.jid, side ?? '', ...[...states].sort()].join(' ');
  const after = cursor === null ? null : decodeCursor(scope, cursor, 'int8');
  const created = new Date(Number(after?.key));
  if (cursor !== null && (after === null || Number.isNaN(created.getTime()))) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this list; expected the cursor of its last page, or none.',
    );
  }
  const rows = await listRequests(
    db,
    { party: caller.jid, side, states },
    { after: after && { created, id: after.id }, limit: limit + 1 },
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next =
    rows.length > limit && last
      ? encodeCursor(scope, { key: String(last.created.getTime()), id: last.id })
      : null;
  const now = new Date();
  return { items: items.flatMap((one) => viewOf(one, [], caller.jid, now) ?? []), cursor: next };
}
