/** Moving a call for proposals: its client's and its providers' moves, and those of the directory. */

import { randomBytes } from 'node:crypto';
import { findRequest, overdueRequests } from '../../db/read-requests.ts';
import { type AwardedContract, moveRequest } from '../../db/requests.ts';
import { awarded } from '../../market/contract/negotiated.ts';
import { termsFrom } from '../../market/contract/terms.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { requestDue, standing } from '../../market/request/due.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { foldRequest, type RequestMover, requestEvent } from '../../market/request/move.ts';
import { isSameProposal, readProposal, type SaidProposal, wordsData } from '../../market/request/proposal.ts';
import type { CallForProposals, RequestData } from '../../market/request/request.ts';
import type { RequestMoveName } from '../../market/request/rules.ts';
import { type RequestView, viewOf } from '../../market/request/view.ts';
import type { Caller, Deps } from '../deps.ts';
import { requestJobs } from './jobs.ts';
import { partysRequest, requestOfKey } from './show.ts';

/** How often a move is tried anew because the call moved meanwhile: all that are asked may answer at once. */
const triesMax = 3 * requestLimits.askedMax;
const pauseMaxMs = 40;

/** What a party asks for: the move, as it is to be repeated by its key, and what it says. */
type Wished = {
  id: string;
  move: RequestMoveName;
  said: Parameters<typeof askedHash>[1];
  key: string | null;
  /** The move's data; null where the call is already as it would leave it. */
  data: (request: CallForProposals, at: Date) => RequestData | Problem | null;
  award?: (request: CallForProposals, data: RequestData, at: Date) => AwardedContract | null;
};

/** Proposes, in place of what the caller proposed before. The same once more changes nothing. */
export function propose(
  deps: Deps,
  caller: Caller,
  id: string,
  said: SaidProposal,
  key: string | null,
): Promise<RequestView | Problem> {
  const proposal = `p${randomBytes(9).toString('base64url')}`;
  return moveAndView(deps, caller, {
    ...{ id, move: 'propose', said: JSON.parse(JSON.stringify(said)), key },
    data(request, at) {
      const read = readProposal(said, proposal, at);
      if (isProblem(read)) return read;
      const before = standing(request).find(({ provider }) => provider === caller.jid)?.proposal;
      return before && isSameProposal(before, read) ? null : { proposal: read };
    },
  });
}

/** Refuses, and takes back what the caller proposed before. */
export function refuse(
  deps: Deps,
  caller: Caller,
  id: string,
  words: string | null,
  key: string | null,
): Promise<RequestView | Problem> {
  return moveAndView(deps, caller, {
    ...{ id, move: 'refuse', said: { words }, key },
    data: (request) => {
      const own = request.asked.find(({ provider }) => provider === caller.jid);
      return own?.standing === 'refused' && request.state === 'open' ? null : wordsData(words);
    },
  });
}

export function cancelRequest(
  deps: Deps,
  caller: Caller,
  id: string,
  words: string | null,
  key: string | null,
): Promise<RequestView | Problem> {
  return moveAndView(deps, caller, {
    ...{ id, move: 'cancel', said: { words }, key },
    data: () => wordsData(words),
  });
}

/** Takes a proposal as it was read: the contract begins with the call's end, in the same statement. */
export function award(
  deps: Deps,
  caller: Caller,
  id: string,
  proposal: string,
  key: string | null,
): Promise<RequestView | Problem> {
  return moveAndView(deps, caller, {
    ...{ id, move: 'award', said: { proposal }, key },
    data: () => ({ taken: proposal, contract: '' }),
    award: contractFrom,
  });
}

function contractFrom(request: CallForProposals, { taken }: RequestData, at: Date): AwardedContract | null {
  const { id, client, need, input } = request;
  const won = standing(request).find(({ proposal }) => proposal.id === taken);
  if (!won) return null;
  const { id: _, ...terms } = won.proposal;
  const { provider, listing } = won;
  const given = { request: id, need, ...(Object.keys(input).length > 0 && { input }) };
  return awarded({ client, provider, listing, input: given, terms: termsFrom(terms) }, at);
}

/** Whoever moved is shown what is its own to see. */
async function moveAndView(deps: Deps, caller: Caller, wished: Wished): Promise<RequestView | Problem> {
  const after = await moveOwnRequest(deps, caller, wished);
  if (isProblem(after)) return after;
  const view = viewOf(after, [], caller.jid, new Date());
  if (!view) throw new Error('a party sees its call');
  return view;
}

async function moveOwnRequest(
  deps: Deps,
  caller: Caller,
  { id, move, said, key, data: dataFor, award: contractFor }: Wished,
): Promise<CallForProposals | Problem> {
  const asked = askedHash(`request ${id} ${move}`, said);
  const kept = key === null ? null : { caller: caller.jid, key, asked };
  const refused = key === null ? null : keyProblem(key);
  if (refused) return refused;
  const earlier = () => (kept ? requestOfKey(deps, caller, kept.key, asked) : null);
  for (let tried = 0; tried < triesMax; tried++) {
    const done = await earlier();
    if (done) return done;
    const request = await partysRequest(deps, caller, id);
    if (isProblem(request)) return request;
    const isProviders = move === 'propose' || move === 'refuse';
    if (isProviders === (request.client === caller.jid)) return wrongParty(move);
    const at = new Date();
    const given = dataFor(request, at);
    if (given === null) return request;
    if (isProblem(given)) return given;
    const contract = contractFor?.(request, given, at) ?? null;
    const data = contract ? { ...given, contract: contract.contract.id } : given;
    const mover: RequestMover = isProviders ? { by: 'provider', provider: caller.jid } : { by: 'client' };
    const event = requestEvent(request, mover, move, data, at);
    // The same request may have made the move between the two readings.
    if (isProblem(event)) return (await earlier()) ?? event;
    const after = foldRequest(request, event);
    const jobs = requestJobs(after, event, request.state);
    if (await moveRequest(deps.db, { after, event, jobs, key: kept, award: contract })) return after;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMaxMs));
  }
  return problem('request-not-open', 'The call moves faster than this move is made; expected another try.');
}

function wrongParty(move: RequestMoveName): Problem {
  const who = move === 'propose' || move === 'refuse' ? 'a provider that is asked' : 'the client';
  return problem('request-not-open', `You cannot ${move} here; expected ${who}.`);
}

/** A move of the directory's own, from what it knows; null where the call has moved since, or does not take it. */
export async function moveRequestAsDirectory(
  { db }: Deps,
  request: CallForProposals,
  move: RequestMoveName,
  provider?: string,
): Promise<CallForProposals | null> {
  const mover: RequestMover = { by: 'directory', ...(provider !== undefined && { provider }) };
  const event = requestEvent(request, mover, move, {}, new Date());
  if (isProblem(event)) return null;
  const after = foldRequest(request, event);
  const jobs = requestJobs(after, event, request.state);
  return (await moveRequest(db, { after, event, jobs })) ? after : null;
}

/** Notes that a provider cannot be asked after all; it is asked nothing then. */
export async function dropAsked(deps: Deps, id: string, provider: string): Promise<void> {
  for (let tried = 0; tried < triesMax; tried++) {
    const request = await findRequest(deps.db, id);
    const one = request?.asked.find((asked) => asked.provider === provider);
    if (request?.state !== 'open' || one?.standing !== 'asked') return;
    if (await moveRequestAsDirectory(deps, request, 'drop', provider)) return;
  }
}

/** Makes the moves that follow of themselves from times that are over; returns how many. */
export async function moveOverdueRequests(deps: Deps, limit: number): Promise<number> {
  let moved = 0;
  for (const id of await overdueRequests(deps.db, limit)) {
    const request = await findRequest(deps.db, id);
    const next = request && requestDue(request);
    if (!request || !next || next.at > new Date()) continue;
    if (await moveRequestAsDirectory(deps, request, next.move)) moved++;
  }
  return moved;
}
