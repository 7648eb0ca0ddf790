/** Contracts that the parties negotiate: how one begins, by an offer that waits for its answer or by an award. */

import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../protocol/json.ts';
import type { Contract, ContractEvent, Opening } from './contract.ts';
import { foldEvent, openEvent } from './move.ts';
import type { Terms } from './terms.ts';

export type Negotiated = {
  client: string;
  provider: string;
  /** What is contracted, as it is now. */
  listing: Opening['listing'];
  input: JsonObject;
  terms: Terms;
};

/** The client offers: the contract begins `offered`, and the provider answers. */
export function offered(of: Negotiated, at: Date): { contract: Contract; event: ContractEvent } {
  return begun('offer', of, at);
}

/** The client takes a proposal that the provider made: the contract begins `accepted`, with the proposal's terms. */
export function awarded(of: Negotiated, at: Date): { contract: Contract; event: ContractEvent } {
  return begun('award', of, at);
}

function begun(opening: 'offer' | 'award', { terms, ...of }: Negotiated, at: Date) {
  const opened: Opening = {
    id: `c${randomBytes(16).toString('base64url')}`,
    kind: 'direct',
    opening,
    openedBy: 'client',
    ...of,
    ...terms,
    protocol: null,
  };
  const event = openEvent(opened, at);
  return { contract: foldEvent(opened, event), event };
}
