/**
 * What of a call its parties see. Proposals are sealed: each provider sees its own, the client sees all of them, and
 * nothing that a provider is shown says who else was asked, how many, or what they answered.
 */

import { awardBy, requestDue } from './due.ts';
import { openRequestMoves } from './move.ts';
import type { Asked, CallForProposals, RequestEvent } from './request.ts';
import type { RequestMoveName } from './rules.ts';
import type { RequestSide } from './states.ts';

export type RequestView = {
  request: CallForProposals;
  side: RequestSide;
  /** Of a provider, where it stands itself. */
  own: Asked | null;
  /** The moves that are open to it now. */
  moves: RequestMoveName[];
  /** When the directory moves if nobody does. */
  due: Date | null;
  history: RequestEvent[];
};

/** The call as the address sees it; null where it is party to none of it. */
export function viewOf(
  request: CallForProposals,
  history: RequestEvent[],
  party: string,
  at: Date,
): RequestView | null {
  if (request.client === party) {
    const moves = openRequestMoves(request, { by: 'client' }, at);
    return { request, side: 'client', own: null, moves, due: requestDue(request)?.at ?? null, history };
  }
  const own = request.asked.find((one) => one.provider === party);
  if (!own || own.standing === 'dropped') return null;
  const moves = openRequestMoves(request, { by: 'provider', provider: party }, at);
  return {
    request: sealed(request, own),
    side: 'provider',
    own,
    moves,
    due: dueShown(request),
    history: ownPart(history, party),
  };
}

/** Without the others, what they were found by, and any number that counts them. */
function sealed(request: CallForProposals, own: Asked): CallForProposals {
  const isOwn = request.awarded?.provider === own.provider;
  return {
    ...request,
    query: null,
    version: 0,
    asked: [{ ...own, place: 1 }],
    awarded: isOwn ? request.awarded : null,
  };
}

/** Not when the others' proposals end. */
function dueShown(request: CallForProposals): Date | null {
  return request.state === 'deciding' ? awardBy(request) : (requestDue(request)?.at ?? null);
}

/** Its own events and those of the call as a whole, numbered anew: the gaps would count the others' answers. */
function ownPart(history: RequestEvent[], party: string): RequestEvent[] {
  return history
    .filter(
      ({ provider, by }) => provider === party || (provider === null && by !== 'provider') || by === 'client',
    )
    .map((event, index) => ({
      ...event,
      seq: index + 1,
      ...(event.provider !== party && { provider: null, data: event.move === 'cancel' ? event.data : {} }),
    }));
}

/** What a waiting reader waits for: the client for a choice or an end, a provider for the end. */
export function isSettledFor({ request, side }: Pick<RequestView, 'request' | 'side'>): boolean {
  const { state, asked } = request;
  if (side === 'provider') return state !== 'open' && state !== 'deciding';
  return state !== 'open' || asked.every(({ standing }) => standing !== 'asked');
}
