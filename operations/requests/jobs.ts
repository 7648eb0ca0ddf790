/** What a move of a call for proposals leaves to be told over XMPP. */

import type { Job } from '../../db/jobs.ts';
import type { Asked, CallForProposals, RequestEvent } from '../../market/request/request.ts';
import type { RequestState } from '../../market/request/states.ts';

/** The place of the client in the payload of a job; the providers' are theirs. */
export const clientPlace = 0;

/** @param before the state that the move was made from; null where the call begins */
export function requestJobs(
  after: CallForProposals,
  event: RequestEvent,
  before: RequestState | null,
): Job[] {
  const { id } = after;
  const places = [
    ...(tellsClient(event) ? [clientPlace] : []),
    ...after.asked.filter((one) => hears(one, event, before)).map(({ place }) => place),
  ];
  return places.map((place) => ({
    task: 'tell-request',
    payload: { request: id, seq: String(event.seq), place: String(place) },
  }));
}

/** Of each answer, and of what follows where nobody moves. */
function tellsClient({ by, move }: RequestEvent): boolean {
  return by === 'provider' || (by === 'directory' && move !== 'drop');
}

/**
 * Everybody hears of the call, and of its being withdrawn. Of an award and of other ends hears who proposed something, and
 * of an award before the deadline also who may still be at it.
 */
function hears({ standing }: Asked, { move }: RequestEvent, before: RequestState | null): boolean {
  switch (move) {
    case 'call':
      return true;
    case 'cancel':
      return standing !== 'dropped';
    case 'award':
      return standing === 'proposed' || (standing === 'asked' && before === 'open');
    case 'close':
    case 'expire':
      return standing === 'proposed';
    case 'propose':
    case 'refuse':
    case 'drop':
    case 'decide':
      return false;
  }
}
