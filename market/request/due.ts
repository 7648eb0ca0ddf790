/** What follows by itself when nobody moves, and when. */

import { requestLimits } from './limits.ts';
import type { Asked, CallForProposals, Proposal } from './request.ts';
import type { RequestMoveName } from './rules.ts';

export type RequestDue = { at: Date; move: RequestMoveName };

const hourMs = 3_600_000;

/** Null in a state that lasts. */
export function requestDue(
  request: Pick<CallForProposals, 'state' | 'deadline' | 'asked'>,
): RequestDue | null {
  const { state, deadline } = request;
  switch (state) {
    case 'open':
      // Proposals that end with the deadline, or before it, leave nothing to decide.
      return { at: deadline, move: hasValid(request, deadline) ? 'decide' : 'close' };
    case 'deciding':
      return { at: decideBy(request), move: 'expire' };
    case 'awarded':
    case 'closed':
    case 'expired':
    case 'cancelled':
      return null;
  }
}

/** Until when the call can be awarded at most. */
export function awardBy({ deadline }: Pick<CallForProposals, 'deadline'>): Date {
  return new Date(deadline.getTime() + requestLimits.decideHours * hourMs);
}

/** Nobody waits for a choice when there is none left: the last proposal ends it before the time does. */
function decideBy(request: Pick<CallForProposals, 'deadline' | 'asked'>): Date {
  const latest = awardBy(request);
  const ends = standing(request).map(({ proposal }) => validUntil(proposal, request).getTime());
  return ends.length === 0 ? latest : new Date(Math.max(...ends));
}

/** Until when the proposal can be taken: nobody takes what can no longer be delivered in time. */
export function validUntil(
  { answerBy, deliverBy }: Proposal,
  request: Pick<CallForProposals, 'deadline'>,
): Date {
  const ends = [answerBy, deliverBy].flatMap((text) => (text === null ? [] : [new Date(text).getTime()]));
  return new Date(Math.min(awardBy(request).getTime(), ...ends));
}

/** Those that propose something now, whether or not it can still be taken. */
export function standing({ asked }: Pick<CallForProposals, 'asked'>): (Asked & { proposal: Proposal })[] {
  return asked.flatMap((one) =>
    one.standing === 'proposed' && one.proposal ? [{ ...one, proposal: one.proposal }] : [],
  );
}

function hasValid(request: Pick<CallForProposals, 'deadline' | 'asked'>, at: Date): boolean {
  return standing(request).some(({ proposal }) => at < validUntil(proposal, request));
}
