/** Who is told of a contract. */

import { hasConsent, isKnown } from '../../db/consent.ts';
import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import type { Side } from '../../market/contract/states.ts';
import type { Deps } from '../deps.ts';

/**
 * Whoever made a move in it has to do with it, and hears of it. Else a party is somebody whom another named: it has to have
 * to do with the directory, and an offer is told only to whoever consents as it is told.
 */
export async function hears(
  { db }: Deps,
  contract: Contract,
  party: Side,
  history: readonly ContractEvent[],
): Promise<boolean> {
  if (contract.kind === 'call' || history.some(({ by }) => by === party)) return true;
  const isOffered = contract.opening === 'offer' && contract.kind === 'direct';
  return isOffered ? hasConsent(db, contract[party]) : isKnown(db, contract[party]);
}
