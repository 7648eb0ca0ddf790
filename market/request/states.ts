/** The words of a call for proposals: its states, its parties, and where each provider that was asked stands. */

export const requestStates = [
  /** Proposals are taken. */
  'open',
  /** The deadline is over, and the client has proposals to choose from. */
  'deciding',
  'awarded',
  /** The deadline passed without a proposal that can be taken. */
  'closed',
  /** The client took none in time. */
  'expired',
  'cancelled',
] as const;
export type RequestState = (typeof requestStates)[number];

/** The directory moves where a time ends, and where somebody cannot be asked after all. */
export const requestParties = ['client', 'provider', 'directory'] as const;
export type RequestParty = (typeof requestParties)[number];
export type RequestSide = Exclude<RequestParty, 'directory'>;

/** `dropped`: the provider withdrew its consent before the message went out, and was never asked. */
export const standings = ['asked', 'proposed', 'refused', 'dropped'] as const;
export type Standing = (typeof standings)[number];

/** The states in which a call for proposals can still be awarded: they are what a client can have too many of. */
export const pendingRequestStates = ['open', 'deciding'] as const satisfies RequestState[];

export function isPending(state: RequestState): boolean {
  return (pendingRequestStates as readonly RequestState[]).includes(state);
}
