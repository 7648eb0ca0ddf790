/** Making a move: from a call and what a party wants to the event that is written, or why it is not. */

import { noTerms, statedTerms } from '../contract/terms.ts';
import { type Problem, problem } from '../problem.ts';
import { requestDue, standing, validUntil } from './due.ts';
import { requestLimits } from './limits.ts';
import type {
  Asked,
  CallForProposals,
  Proposal,
  RequestData,
  RequestEvent,
  RequestOpening,
} from './request.ts';
import {
  type RequestMoveName,
  type RequestPart,
  type RequestRule,
  requestOpenings,
  requestRules,
} from './rules.ts';
import type { RequestParty } from './states.ts';

/** Who moves: a provider by its address. */
export type RequestMover = { by: RequestParty; provider?: string };

/** The first event of a call. */
export function openRequestEvent(at: Date): RequestEvent {
  const { by, to } = requestOpenings.call;
  return { seq: 1, at, by, provider: null, move: 'call', state: to, data: {} };
}

/**
 * The event that the move is, or a problem that says why it is not open.
 * @param mover of a move about one provider, which one: the one that moves, or the one that the directory drops
 */
export function requestEvent(
  request: CallForProposals,
  { by, provider: named }: RequestMover,
  move: RequestMoveName,
  given: RequestData,
  at: Date,
): RequestEvent | Problem {
  const rule = requestRules.find((one) => one.move === move && one.by === by);
  if (!rule) throw new Error(`a ${by} never makes the move '${move}'`);
  const provider = move === 'award' ? ownerOf(request, given.taken) : named;
  const refused = timeProblem(request, rule, at) ?? takenProblem(request, rule, given, at);
  if (refused) return refused;
  const about = request.asked.find((one) => one.provider === provider);
  if (!rule.from.includes(request.state) || !standsRight(rule, about)) return notOpen(request, rule, about);
  if (by === 'provider' && about && about.answers >= requestLimits.answersMax) {
    return problem(
      'limit-reached',
      `A provider answers one call at most ${requestLimits.answersMax} times; its last answer stands.`,
    );
  }
  const data = keptData(rule, given);
  return { seq: request.version + 1, at, by, provider: about?.provider ?? null, move, state: rule.to, data };
}

function standsRight(rule: RequestRule, about: Asked | undefined): boolean {
  return !rule.provider || (about !== undefined && rule.provider.from.includes(about.standing));
}

function ownerOf(request: CallForProposals, proposal: string | undefined): string | undefined {
  return standing(request).find((one) => one.proposal.id === proposal)?.provider;
}

/** Nobody comes too late because the directory has not noted yet that a time ended; nor in time. */
function timeProblem(request: CallForProposals, { move, by }: RequestRule, at: Date): Problem | null {
  const next = requestDue(request);
  if (by === 'directory' || !next || at < next.at) return null;
  if (by === 'client' && request.state === 'open' && next.move === 'decide') {
    const decided: CallForProposals = { ...request, state: 'deciding' };
    return timeProblem(decided, { move, by } as RequestRule, at);
  }
  const when = next.at.toISOString();
  return problem(
    'request-not-open',
    by === 'provider'
      ? `The deadline was ${when}; expected a call that is open.`
      : `Nothing can be awarded since ${when}; expected a new call.`,
  );
}

/** A proposal is taken as it was read, and while its provider stands by it. */
function takenProblem(
  request: CallForProposals,
  { move, from }: RequestRule,
  { taken }: RequestData,
  at: Date,
): Problem | null {
  if (move !== 'award' || !from.includes(request.state)) return null;
  const found = standing(request).find(({ proposal }) => proposal.id === taken);
  const refuse = (why: string) =>
    problem('proposal-not-standing', `${why}; expected one that stands now, as the call shows it.`);
  if (!found) return refuse('No proposal of that id stands: it was replaced, taken back, or never made');
  const until = validUntil(found.proposal, request);
  return at < until ? null : refuse(`The proposal was valid until ${until.toISOString()}`);
}

function notOpen(
  request: CallForProposals,
  { move, by, from }: RequestRule,
  about: Asked | undefined,
): Problem {
  const isStanding = by === 'provider' && about && from.includes(request.state);
  const who = isStanding ? `, and you have ${about.standing}` : '';
  return problem('request-not-open', `The call is ${request.state}${who}: the ${by} cannot ${move}.`);
}

/** The parts of the data that the move takes. @throws {Error} where one that it needs is missing: our own fault */
function keptData({ move, needs, takes }: RequestRule, given: RequestData): RequestData {
  const missing = needs.filter((part) => given[part] === undefined);
  if (missing.length > 0) throw new Error(`the move '${move}' lacks ${missing.join(', ')}`);
  const kept = Object.entries(given).filter(
    ([name, value]) => value !== undefined && [...needs, ...takes].includes(name as RequestPart),
  );
  return Object.fromEntries(kept) as RequestData;
}

/** The moves that are open to the party at that time; an award where there is something to take. */
export function openRequestMoves(
  request: CallForProposals,
  mover: RequestMover,
  at: Date,
): RequestMoveName[] {
  const taken = standing(request).find(({ proposal }) => at < validUntil(proposal, request))?.proposal.id;
  const given: RequestData = {
    ...{ contract: '-', proposal: noProposal },
    ...(taken !== undefined && { taken }),
  };
  return requestRules
    .filter(({ by, move }) => by === mover.by && (move !== 'award' || taken !== undefined))
    .filter(({ move }) => !('problem' in requestEvent(request, mover, move, given, at)))
    .map(({ move }) => move);
}

const noProposal: Proposal = {
  ...statedTerms(noTerms),
  ...{ id: '-', price: { amount: '0', currency: 'XXX', unit: 'contract' } },
};

/** The call that the event leaves; the first one comes from its opening alone. */
export function foldRequest(
  before: CallForProposals | RequestOpening,
  event: RequestEvent,
): CallForProposals {
  const was = 'state' in before ? before : null;
  const { at, data, provider, move, state, seq } = event;
  const asked: Asked[] =
    was?.asked ??
    before.asked.map((one, index) => ({
      ...one,
      ...{ place: index + 1, standing: 'asked', since: at, proposal: null, words: null, answers: 0 },
    }));
  const { id, client, need, input, budget, query, deadline } = before;
  return {
    ...{ id, client, need, input, budget, query, deadline, state, version: seq },
    created: was?.created ?? at,
    since: was?.state === state ? was.since : at,
    asked: asked.map((one) => (one.provider === provider ? afterMove(one, event) : one)),
    awarded:
      move === 'award' && provider !== null
        ? { provider, proposal: data.taken ?? '', contract: data.contract ?? '' }
        : (was?.awarded ?? null),
    reason: move === 'cancel' ? (data.words ?? null) : (was?.reason ?? null),
  };
}

function afterMove(asked: Asked, { at, by, move, data }: RequestEvent): Asked {
  const rule = requestRules.find((one) => one.move === move && one.by === by);
  if (!rule?.provider || move === 'award') return asked;
  return {
    ...asked,
    standing: rule.provider.to,
    since: at,
    proposal: data.proposal ?? null,
    words: data.words ?? null,
    answers: asked.answers + (by === 'provider' ? 1 : 0),
  };
}

/** The call that its history adds up to. @throws {Error} where there is no history: our own fault */
export function foldRequests(opening: RequestOpening, events: RequestEvent[]): CallForProposals {
  const [first, ...more] = events;
  if (!first) throw new Error('a call has at least the event that opened it');
  return more.reduce<CallForProposals>(foldRequest, foldRequest(opening, first));
}
