import { isProblem } from '../../market/problem.ts';
import {
  foldRequest,
  foldRequests,
  openRequestEvent,
  type RequestMover,
  requestEvent,
} from '../../market/request/move.ts';
import type {
  AskedProvider,
  CallForProposals,
  Proposal,
  RequestData,
  RequestEvent,
  RequestOpening,
} from '../../market/request/request.ts';
import type { RequestMoveName } from '../../market/request/rules.ts';
import type { RequestState } from '../../market/request/states.ts';

export const client = 'ann@agents.test';
export const [fx, gy, hz] = ['fx@works.test', 'gy@works.test', 'hz@far.test'] as const;

export const requestStart = new Date('2026-11-20T10:00:00Z');
export const deadline = new Date('2026-11-20T11:00:00Z');
export const minutesIn = (minutes: number) => new Date(requestStart.getTime() + minutes * 60_000);

export function askedOf(...providers: string[]): AskedProvider[] {
  return providers.map((provider) => ({
    provider,
    listing: { id: `urn:air:x:${provider}`, version: 'v', name: 'Translate' },
  }));
}

/** The opening of a call with nothing but what the test is about. */
export function requestOpening(more: Partial<RequestOpening> = {}): RequestOpening {
  return {
    ...{ id: 'r-1', client, need: 'A menu.', input: {}, budget: null, query: 'translate', deadline },
    asked: askedOf(fx, gy, hz),
    ...more,
  };
}

export function proposalOf(id: string, amount = '10', more: Partial<Proposal> = {}): Proposal {
  return {
    id,
    price: { amount, currency: 'EUR', unit: 'contract' },
    ...{ answerBy: null, deliverBy: null, words: null },
    ...more,
  };
}

export type RequestStep = [minutes: number, mover: RequestMover, move: RequestMoveName, data?: RequestData];

/** The call that the steps lead to, and its history. @throws where a step is not open */
export function walked(
  steps: RequestStep[],
  more: Partial<RequestOpening> = {},
): { request: CallForProposals; history: RequestEvent[] } {
  const opening = requestOpening(more);
  const history = [openRequestEvent(requestStart)];
  let request = foldRequest(opening, history[0] as RequestEvent);
  for (const [minutes, mover, move, data = {}] of steps) {
    const event = requestEvent(request, mover, move, data, minutesIn(minutes));
    if (isProblem(event)) throw new Error(event.detail);
    history.push(event);
    request = foldRequest(request, event);
  }
  return { request: foldRequests(opening, history), history };
}

const proposing: RequestStep = [
  1,
  { by: 'provider', provider: fx },
  'propose',
  { proposal: proposalOf('p1') },
];
const directory: RequestMover = { by: 'directory' };

/** A way to each state, with a proposal of the first provider where it can have one. */
export const requestWays: { [state in RequestState]: RequestStep[] } = {
  open: [proposing],
  deciding: [proposing, [60, directory, 'decide']],
  awarded: [proposing, [2, { by: 'client' }, 'award', { taken: 'p1', contract: 'c-1' }]],
  closed: [[60, directory, 'close']],
  expired: [proposing, [60, directory, 'decide'], [60 + 72 * 60, directory, 'expire']],
  cancelled: [proposing, [2, { by: 'client' }, 'cancel']],
};
