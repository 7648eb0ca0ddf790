/** Calling for proposals: the need of a client, told to providers that it may suit. */

import { randomBytes } from 'node:crypto';
import { insertRequest } from '../../db/requests.ts';
import { boundsError } from '../../market/given-value.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { inputRefused } from '../../market/input-check.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { formatQuery } from '../../market/query/format.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { foldRequest, openRequestEvent } from '../../market/request/move.ts';
import type { CallForProposals, RequestOpening } from '../../market/request/request.ts';
import { readWish, type WishedRequest } from '../../market/request/wish.ts';
import { siteOf } from '../../market/site.ts';
import type { Caller, Deps } from '../deps.ts';
import { requestJobs } from './jobs.ts';
import { providersFor, type Wanted } from './providers.ts';
import { requestOfKey } from './show.ts';

export type RequestWish = WishedRequest & { wanted: Wanted };

/** @param key the caller's idempotency key; with one that it used for the same before, that call is the answer */
export async function openRequest(
  deps: Deps,
  caller: Caller,
  wish: RequestWish,
  key: string | null,
): Promise<CallForProposals | Problem> {
  const outside = boundsError(wish.input);
  if (outside) return inputRefused([outside]);
  const { wanted, max } = wish;
  const query = wanted.query && formatQuery(wanted.query);
  const asked = askedHash('request', {
    ...{ query, listings: wanted.listings, need: wish.need, input: wish.input },
    ...{ budget: wish.budget, deadline: wish.deadline.toISOString(), max },
  });
  // What was made before is the answer, also where it could not be made any more.
  if (key !== null) {
    const earlier = keyProblem(key) ?? (await requestOfKey(deps, caller, key, asked));
    if (earlier) return earlier;
  }
  const said = readWish(wish, wanted.listings, new Date());
  if (isProblem(said)) return said;
  const providers = await providersFor(deps, caller, wanted, max);
  if (isProblem(providers)) return providers;
  if (providers.length === 0) {
    return problem(
      'nobody-to-ask',
      'Of the listings that match, no provider can be asked; expected a query that others match.',
    );
  }
  const at = new Date();
  const opening: RequestOpening = {
    id: `r${randomBytes(16).toString('base64url')}`,
    client: caller.jid,
    ...said,
    query,
    asked: providers,
  };
  const event = openRequestEvent(at);
  const request = foldRequest(opening, event);
  const { pendingPerClientMax: pendingMax, askedPerClientMax: askedMax, askedHours: hours } = requestLimits;
  const outcome = await insertRequest(
    deps.db,
    {
      ...{ request, site: siteOf(caller.domain), event, jobs: requestJobs(request, event, null) },
      key: key === null ? null : { caller: caller.jid, key, asked },
    },
    { pendingMax, askedMax, hours },
  );
  if (outcome === 'made') return request;
  if (outcome === 'too-many') {
    return problem(
      'limit-reached',
      `A client has at most ${pendingMax} calls for proposals that can be awarded, and at most ${askedMax} providers asked in ${hours} hours; expected one to end, or some time to pass.`,
    );
  }
  const made = key === null ? null : await requestOfKey(deps, caller, key, asked);
  if (!made) throw new Error('a key that is taken has an outcome');
  return made;
}
