/** Waiting for a contract to need whoever waits, or to end. */

import { findContract } from '../../db/contracts.ts';
import { awaits } from '../../market/contract/states.ts';
import type { Problem } from '../../market/problem.ts';
import type { Caller, Deps } from '../deps.ts';
import { type OwnContract, showContract, sideOf } from './show.ts';

export const waitLimits = { secondsMax: 45, pollMs: 1_000 } as const;

/**
 * The contract at the first state that needs the caller or is final, else as it is when the time is over.
 * @param signal ends the waiting, as when nobody is there any more to hear the answer
 */
export async function waitForContract(
  deps: Deps,
  caller: Caller,
  id: string,
  seconds: number,
  signal: AbortSignal | null = null,
): Promise<OwnContract | Problem> {
  const until = Date.now() + Math.min(seconds, waitLimits.secondsMax) * 1_000;
  while (!signal?.aborted) {
    const contract = await findContract(deps.db, id, caller.jid);
    const left = until - Date.now();
    if (!contract || awaits(contract, sideOf(contract, caller)) || left <= 0) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, waitLimits.pollMs)));
  }
  return showContract(deps, caller, id);
}
