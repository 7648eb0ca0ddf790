/** The words of a contract: its kinds, its parties, its states. */

/**
 * `call`: the directory carries out one listing's call for the client, and witnesses what comes of it. `witness`: the
 * parties deal with each other, and the directory records what both confirm. `direct`: the client offers, and the
 * provider answers.
 */
export const contractKinds = ['call', 'witness', 'direct'] as const;
export type ContractKind = (typeof contractKinds)[number];

/** The directory moves where it carries a call out, and where a time ends. */
export const parties = ['client', 'provider', 'directory'] as const;
export type Party = (typeof parties)[number];
export type Side = Exclude<Party, 'directory'>;

export const contractStates = [
  'offered',
  'accepted',
  'working',
  'input-required',
  'delivered',
  'completed',
  'declined',
  'expired',
  'cancelled',
  'failed',
  'disputed',
  'resolved',
  /** The call went out, and what came of it cannot be known. */
  'unknown',
] as const;
export type ContractState = (typeof contractStates)[number];

/** The states in which neither is the client asked for anything nor has the contract ended: whoever waits goes on waiting. */
export const openStates = ['offered', 'accepted', 'working'] as const satisfies ContractState[];

/** The states in which a contract's work has not ended: they are what somebody can have too many of. */
export const pendingStates = [...openStates, 'input-required'] as const satisfies ContractState[];

/** True where the client is to move or nobody is: what a waiting reader waits for. */
export function isSettled(state: ContractState): boolean {
  return !(openStates as readonly ContractState[]).includes(state);
}

type Standing = { kind: ContractKind; state: ContractState; offeredBy: Side };

/** True where the contract needs that side or has ended: what a waiting reader of that side waits for. */
export function awaits({ kind, state, offeredBy }: Standing, side: Side): boolean {
  if (state === 'offered') return offeredBy !== side;
  if (side === 'client' || kind === 'call') return isSettled(state);
  return state !== 'input-required' && state !== 'delivered';
}

export function otherSide(side: Side): Side {
  return side === 'client' ? 'provider' : 'client';
}
