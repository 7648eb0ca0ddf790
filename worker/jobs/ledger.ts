/**
 * What the worker reads and writes of the calls that it carries on. Many are carried on at the same time: what they ask and
 * note at the same moment goes to the database together.
 */

import { moveContracts, type WrittenMove } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import { type CarriedCall, callsToCarryOn } from '../../db/relay.ts';
import type { Contract } from '../../market/contract/contract.ts';
import type { Problem } from '../../market/problem.ts';
import { deniedBy } from '../../operations/contracts/call.ts';
import { type DirectoryMove, moveAsDirectory } from '../../operations/contracts/move.ts';
import { gathered } from '../gathered.ts';

/** A call as it is now. */
export type KnownCall = Omit<CarriedCall, 'words'> & {
  /** Why the directory may not call the agent for others any more; null where it lets it. */
  denied: Problem | null;
};

export type Ledger = {
  read(id: string): Promise<KnownCall | null>;
  /** Moves the contract as the directory, from the version that is known; null where it has moved since. */
  move(contract: Contract, move: DirectoryMove): Promise<Contract | Problem | null>;
};

export function openLedger(db: Database): Ledger {
  const read = gathered((ids: string[]) => callsToCarryOn(db, ids));
  const write = gathered((moves: WrittenMove[]) => moveContracts(db, moves));
  return {
    async read(id) {
      const known = await read(id);
      if (!known) return null;
      const { words, ...call } = known;
      const node = typeof call.thread.node === 'string' ? call.thread.node : '';
      return { ...call, denied: deniedBy(words, call.contract.provider, node) };
    },
    move: (contract, move) => moveAsDirectory({ db }, contract, move, write),
  };
}
