/** How the relay writes: what an agent answered is not given up because the database is away for a moment. */

import { setTimeout as wait } from 'node:timers/promises';
import { claimStep, type Thread } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import type { Contract } from '../../market/contract/contract.ts';
import type { Problem } from '../../market/problem.ts';
import type { DirectoryMove } from '../../operations/contracts/move.ts';
import type { KnownCall, Ledger } from './ledger.ts';

export const insistLimits = {
  /** How often something is tried, and the waits in between, which double: some sixteen seconds in all. */
  triesMax: 11,
  retryMs: 250,
  retryMaxMs: 2_000,
} as const;

/** Does it again where it throws. @throws what the last try threw */
export async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= insistLimits.triesMax) throw error;
      await wait(Math.min(insistLimits.retryMs * 2 ** (tried - 1), insistLimits.retryMaxMs));
    }
  }
}

/**
 * A move onto the contract as it is now; one that has ended meanwhile stays as it ended. Null where there is no such
 * contract, or it moved faster than this.
 * @param seen the contract as it was last seen, which need not be read where it is so still
 */
export async function moveOn(
  ledger: Ledger,
  id: string,
  move: DirectoryMove,
  seen: Contract | null = null,
): Promise<Contract | Problem | null> {
  for (let tried = 0; tried < insistLimits.triesMax; tried++) {
    const moved = await insist(async () => {
      const contract = (tried === 0 && seen) || (await ledger.read(id))?.contract;
      return contract ? { outcome: await ledger.move(contract, move) } : null;
    });
    if (!moved) return null;
    if (moved.outcome) return moved.outcome;
  }
  return null;
}

/**
 * Notes how far a working call is, whatever was told of its progress meanwhile. False where it is no longer at that step, or
 * no longer at work.
 */
export async function noteStep(
  { db, ledger }: { db: Database; ledger: Ledger },
  id: string,
  before: string,
  thread: Thread,
): Promise<boolean> {
  for (let tried = 0; tried < insistLimits.triesMax; tried++) {
    const known = await readCall(ledger, id);
    if (known?.contract.state !== 'working' || known.thread.step !== before) return false;
    if (await insist(() => claimStep(db, known.contract, before, thread))) return true;
  }
  return false;
}

/** The call as it is now. */
export function readCall(ledger: Ledger, id: string): Promise<KnownCall | null> {
  return insist(() => ledger.read(id));
}
