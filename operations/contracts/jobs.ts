/** What a move leaves to be done on XMPP. */

import type { Job } from '../../db/jobs.ts';
import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import { isSettled } from '../../market/contract/states.ts';

/**
 * A call is carried on when it begins, when its client moves, and when its time is over. Whoever did not move is told: in a call the client, once it
 * is to move or the call has ended; between the parties the other side, of everything but progress.
 */
export function jobsOf(after: Contract, event: ContractEvent): Job[] {
  const { id, kind, state, provider, client } = after;
  const carryOn =
    kind === 'call' &&
    (event.by === 'client' ? ['call', 'input', 'cancel'].includes(event.move) : event.move === 'expire');
  return [
    ...(carryOn ? [{ task: 'call' as const, payload: { contract: id, provider, client, state } }] : []),
    ...toldOf(after, event).map((party) => ({
      task: 'tell' as const,
      payload: { contract: id, seq: String(event.seq), party },
    })),
  ];
}

function toldOf({ kind, state, agreed }: Contract, { by, move }: ContractEvent): ('client' | 'provider')[] {
  if (move === 'progress') return [];
  if (kind === 'call') {
    // The agent of a call knows of the contract only what the call says, until the client disputes it.
    if (by === 'client') return state === 'disputed' && agreed.length === 0 ? ['provider'] : [];
    return isSettled(state) ? ['client'] : [];
  }
  return (['client', 'provider'] as const).filter((party) => party !== by);
}
