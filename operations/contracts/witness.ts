/** Contracts that the parties make among themselves, and that the directory records as both confirm it. */

import { randomBytes } from 'node:crypto';
import { isKnown } from '../../db/consent.ts';
import { insertContract, unacceptedOffers } from '../../db/contracts.ts';
import { providerAddress } from '../../market/address.ts';
import type { Contract, MoveData, Opening } from '../../market/contract/contract.ts';
import { foldEvent, openEvent } from '../../market/contract/move.ts';
import { otherSide, type Side } from '../../market/contract/states.ts';
import { noTerms } from '../../market/contract/terms.ts';
import { boundsError } from '../../market/given-value.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { inputRefused } from '../../market/input-check.ts';
import type { Price } from '../../market/listing.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { versionOf } from '../../market/version.ts';
import type { Caller, Deps } from '../deps.ts';
import { showListing } from '../show.ts';
import { callLimits, contractOfKey } from './call.ts';
import { jobsOf } from './jobs.ts';

export const witnessLimits = {
  /** Offers of one party that nobody accepted: each of them is told to somebody. */
  unacceptedHours: 24,
  unacceptedPerOtherMax: 5,
  unacceptedPerOpenerMax: 100,
} as const;

export type WitnessWish = {
  /** Which side the caller is; the other one confirms. */
  side: Side;
  other: string;
  /** The id of the provider's listing that it is about, if it is about one. */
  listing: string | null;
  /** What is dealt in, by name. */
  terms: NonNullable<MoveData['input']>;
  price: Price | null;
};

/** Offers the other side a contract to confirm. Who never had to do with the directory is not written to. */
export async function openWitness(
  deps: Deps,
  caller: Caller,
  { side, other, listing, terms, price }: WitnessWish,
  key: string | null,
): Promise<Contract | Problem> {
  const outside = boundsError(terms);
  if (outside) return inputRefused([outside]);
  const jid = providerAddress(other);
  if (!jid || jid === caller.jid) {
    return notAccepted('other', "expected somebody else's JID, such as ann@example.org");
  }
  const asked = askedHash('witness', { side, other: jid, listing, terms, price });
  if (key !== null) {
    const earlier = keyProblem(key) ?? (await contractOfKey(deps, caller, key, asked));
    if (earlier) return earlier;
  }
  if (!(await isKnown(deps.db, jid))) {
    return problem(
      'address-not-known',
      `${jid} has had nothing to do with the directory; expected a party that registered, subscribed or has a token.`,
    );
  }
  const crowded = await offersProblem(deps, caller, side, jid);
  if (crowded) return crowded;
  const parties = { [side]: caller.jid, [otherSide(side)]: jid } as { [side in Side]: string };
  const about = listing === null ? null : await listingOf(deps, listing, parties.provider);
  if (isProblem(about)) return about;
  const opening = {
    id: `c${randomBytes(16).toString('base64url')}`,
    kind: 'witness' as const,
    opening: 'offer' as const,
    openedBy: side,
    ...parties,
    ...{ listing: about, protocol: null, input: terms, ...noTerms, price },
  };
  const event = openEvent(opening, new Date());
  const contract = foldEvent(opening, event);
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

/** Nobody is made to tell somebody of offer after offer. */
async function offersProblem(
  { db }: Deps,
  caller: Caller,
  side: Side,
  other: string,
): Promise<Problem | null> {
  const { unacceptedHours: hours, unacceptedPerOtherMax, unacceptedPerOpenerMax: max } = witnessLimits;
  const { toAnybody, toOther } = await unacceptedOffers(db, { side, opener: caller.jid, other, hours, max });
  if (toOther < unacceptedPerOtherMax && toAnybody < max) return null;
  return problem(
    'limit-reached',
    `In ${hours} hours a party makes at most ${unacceptedPerOtherMax} offers to another, and ${max} in all, that are not accepted; expected one to be accepted first.`,
  );
}

/** The listing as it is now; nobody has another's listing witnessed as its own. */
async function listingOf(deps: Deps, id: string, provider: string): Promise<Opening['listing'] | Problem> {
  const record = await showListing(deps, id);
  if (isProblem(record)) return record;
  const { listing } = record;
  if (listing.provider.jid !== provider) {
    return notAccepted('listing', `expected a listing of ${provider}, who does the work`);
  }
  return { id: listing.id, version: versionOf(listing), name: listing.name };
}

function notAccepted(name: string, detail: string): Problem {
  return problem('invalid-body', `Not accepted: ${name}: ${detail}`, [{ pointer: `/${name}`, detail }]);
}
