/** Contracts that the parties make among themselves, and that the directory records as both confirm it. */

import { randomBytes } from 'node:crypto';
import { isKnown } from '../../db/consent.ts';
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
import { contractOfKey } from './call.ts';
import { notAccepted, offersProblem, writeOffer } from './offers.ts';

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
  return writeOffer(deps, caller, { contract, event, key, asked });
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
