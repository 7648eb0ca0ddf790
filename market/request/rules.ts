/** The state machine of a call for proposals: which move leads from which state to which, and who may make it. */

import { pendingRequestStates, type RequestParty, type RequestState, type Standing } from './states.ts';

/** How a call comes to be, and the state in which it begins. */
export const requestOpenings = { call: { by: 'client', to: 'open' } } as const;
export type RequestOpeningName = keyof typeof requestOpenings;

export const requestMoveNames = [
  'propose',
  'refuse',
  'drop',
  'decide',
  'close',
  'award',
  'expire',
  'cancel',
] as const;
export type RequestMoveName = (typeof requestMoveNames)[number];

/** What moves carry. */
export type RequestPart = 'proposal' | 'taken' | 'contract' | 'words';

export type RequestRule = {
  move: RequestMoveName;
  from: readonly RequestState[];
  to: RequestState;
  by: RequestParty;
  /** Where the provider that the move is about has to stand, and where it stands then. */
  provider?: { from: readonly Standing[]; to: Standing };
  /** What has to be said, and what may be said besides. Nothing else is kept. */
  needs: readonly RequestPart[];
  takes: readonly RequestPart[];
};

/** Who was asked may answer, and answer anew, until the deadline. */
const answering: readonly Standing[] = ['asked', 'proposed', 'refused'];

export const requestRules: readonly RequestRule[] = [
  {
    ...{ move: 'propose', from: ['open'], to: 'open', by: 'provider' },
    ...{ provider: { from: answering, to: 'proposed' }, needs: ['proposal'], takes: [] },
  },
  {
    ...{ move: 'refuse', from: ['open'], to: 'open', by: 'provider' },
    ...{ provider: { from: ['asked', 'proposed'], to: 'refused' }, needs: [], takes: ['words'] },
  },
  {
    ...{ move: 'drop', from: ['open'], to: 'open', by: 'directory' },
    ...{ provider: { from: ['asked'], to: 'dropped' }, needs: [], takes: [] },
  },
  { move: 'decide', from: ['open'], to: 'deciding', by: 'directory', needs: [], takes: [] },
  { move: 'close', from: ['open'], to: 'closed', by: 'directory', needs: [], takes: [] },
  {
    ...{ move: 'award', from: pendingRequestStates, to: 'awarded', by: 'client' },
    ...{ provider: { from: ['proposed'], to: 'proposed' }, needs: ['taken', 'contract'], takes: [] },
  },
  { move: 'expire', from: ['deciding'], to: 'expired', by: 'directory', needs: [], takes: [] },
  {
    ...{ move: 'cancel', from: pendingRequestStates, to: 'cancelled', by: 'client' },
    ...{ needs: [], takes: ['words'] },
  },
];
