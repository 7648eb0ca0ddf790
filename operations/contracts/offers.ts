/** Offers: how many somebody may make that nobody accepts, and how one is written. */

import { insertContract } from '../../db/contracts.ts';
import { waitingOffers } from '../../db/offers.ts';
import { unacceptedOffers } from '../../db/read-contracts.ts';
import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import type { Side } from '../../market/contract/states.ts';
import { type Problem, problem } from '../../market/problem.ts';
import { siteOf } from '../../market/site.ts';
import type { Caller, Deps } from '../deps.ts';
import { callLimits, contractOfKey } from './call.ts';
import { jobsOf } from './jobs.ts';

export const offerLimits = {
  /** Offers of one party that nobody accepted: each of them is told to somebody. */
  unacceptedHours: 24,
  unacceptedPerOtherMax: 5,
  unacceptedPerOpenerMax: 100,
  /** Offers that wait for one agent, of all clients of one registrable domain: accounts are had for nothing. */
  waitingPerSiteMax: 50,
} as const;

/** Nobody is made to tell somebody of offer after offer. */
export async function offersProblem(
  { db }: Deps,
  caller: Caller,
  side: Side,
  other: string,
): Promise<Problem | null> {
  const { unacceptedHours: hours, unacceptedPerOtherMax, unacceptedPerOpenerMax: max } = offerLimits;
  const { toAnybody, toOther } = await unacceptedOffers(db, { side, opener: caller.jid, other, hours, max });
  if (toOther < unacceptedPerOtherMax && toAnybody < max) return null;
  return problem(
    'limit-reached',
    `In ${hours} hours a party makes at most ${unacceptedPerOtherMax} offers to another, and ${max} in all, that are not accepted; expected one to be accepted first.`,
  );
}

/** Nor is an agent offered more than it can look at, by however many accounts of one domain. */
export async function crowdProblem({ db }: Deps, caller: Caller, provider: string): Promise<Problem | null> {
  const { waitingPerSiteMax: max } = offerLimits;
  const site = siteOf(caller.domain);
  if ((await waitingOffers(db, { provider, site, max })) < max) return null;
  return problem(
    'limit-reached',
    `For ${provider} ${max} offers of clients of ${site} wait; expected it to answer some of them first.`,
  );
}

/**
 * Writes the contract as it begins, with what is to be told of it.
 * @param of `asked` is the hash of what the key was used for
 */
export async function writeOffer(
  deps: Deps,
  caller: Caller,
  of: { contract: Contract; event: ContractEvent; key: string | null; asked: string },
): Promise<Contract | Problem> {
  const { contract, event, key, asked } = of;
  const outcome = await insertContract(
    deps.db,
    {
      ...{ contract, event, thread: null, jobs: jobsOf(contract, event) },
      key: key === null ? null : { caller: caller.jid, key, asked },
    },
    callLimits.openPerOpenerMax,
  );
  if (outcome === 'made') return contract;
  if (outcome === 'too-many') {
    return problem(
      'limit-reached',
      `A party has at most ${callLimits.openPerOpenerMax} open contracts of its own; expected one to end first.`,
    );
  }
  const made = key === null ? null : await contractOfKey(deps, caller, key, asked);
  if (!made) throw new Error('a key that is taken has an outcome');
  return made;
}

export function notAccepted(name: string, detail: string): Problem {
  return problem('invalid-body', `Not accepted: ${name}: ${detail}`, [{ pointer: `/${name}`, detail }]);
}
