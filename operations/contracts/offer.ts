/** Offering an agent a contract about one of its listings, on terms that it may accept, decline or answer with others. */

import { hasConsent } from '../../db/consent.ts';
import { directoryAddress } from '../../db/directory.ts';
import { providerDomain } from '../../market/address.ts';
import type { Contract, MoveData } from '../../market/contract/contract.ts';
import { offered } from '../../market/contract/negotiated.ts';
import { checkTerms, type Terms, type WishedTerms } from '../../market/contract/terms.ts';
import { boundsError } from '../../market/given-value.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { checkInput, inputRefused, type Takes } from '../../market/input-check.ts';
import type { Listing, ListingRecord } from '../../market/listing.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { versionOf } from '../../market/version.ts';
import type { Caller, Deps } from '../deps.ts';
import { showListing } from '../show.ts';
import { contractOfKey } from './call.ts';
import { crowdProblem, offersProblem, writeOffer } from './offers.ts';

export type OfferWish = {
  listing: string;
  /** What is known of the input so far: the provider may ask for the rest. */
  input: NonNullable<MoveData['input']>;
  /** Without a word on the price, it is the listing's. */
  terms: WishedTerms;
  /** The listing's `seq` as the client read it; null where it takes the listing as it is. */
  seq: number | null;
};

/** @param key the caller's idempotency key; with one that it used for the same before, that contract is the answer */
export async function openOffer(
  deps: Deps,
  caller: Caller,
  wish: OfferWish,
  key: string | null,
): Promise<Contract | Problem> {
  const outside = boundsError(wish.input);
  if (outside) return inputRefused([outside]);
  const asked = askedHash('offer', JSON.parse(JSON.stringify(wish)));
  if (key !== null) {
    const earlier = keyProblem(key) ?? (await contractOfKey(deps, caller, key, asked));
    if (earlier) return earlier;
  }
  const record = await offerable(deps, caller, wish);
  if (isProblem(record)) return record;
  const { listing } = record;
  const at = new Date();
  const terms = termsOf(listing, wish.terms, at);
  if (isProblem(terms)) return terms;
  const provider = listing.provider.jid;
  const crowded =
    (await offersProblem(deps, caller, 'client', provider)) ?? (await crowdProblem(deps, caller, provider));
  if (crowded) return crowded;
  const about = { id: listing.id, version: versionOf(listing), name: listing.name };
  const of = { client: caller.jid, provider, listing: about, input: wish.input, terms };
  return writeOffer(deps, caller, { ...offered(of, at), key, asked });
}

/** The listing as it is now, if its agent is told of offers. */
async function offerable(deps: Deps, caller: Caller, wish: OfferWish): Promise<ListingRecord | Problem> {
  const [record, directory] = await Promise.all([showListing(deps, wish.listing), directoryAddress(deps.db)]);
  if (isProblem(record)) return record;
  const { listing, seq } = record;
  const refused = await offerProblem(deps, caller, listing.provider.jid, directory);
  if (refused) return refused;
  if (wish.seq !== null && wish.seq !== seq) {
    return problem(
      'listing-changed',
      `The listing's seq is ${seq}, not ${wish.seq}; expected the seq of a fresh answer, or none.`,
    );
  }
  const errors = checkInput(optional(listing), wish.input);
  return errors.length > 0 ? inputRefused(errors) : record;
}

/** Null where offers of the caller are told to the agent: it consents, and is neither the caller nor the directory. */
async function offerProblem(
  { db }: Deps,
  caller: Caller,
  provider: string,
  directory: string | null,
): Promise<Problem | null> {
  const refuse = (why: string, expected: string) =>
    problem('offers-not-taken', `${provider} is told of no offers of yours: ${why}; expected ${expected}.`);
  if (provider === caller.jid) return refuse('it is you', "somebody else's listing");
  const own = directory === null ? [] : [directory, providerDomain(directory)];
  if (own.includes(provider)) return refuse('it is the directory', "somebody else's listing");
  if (await hasConsent(db, provider)) return null;
  return refuse('it has neither subscribed nor registered', 'a listing of an agent that has');
}

/** What an input lacks, the provider asks for. */
function optional({ inputs, inputSchema }: Listing): Takes {
  const { required: _, ...rest } = inputSchema ?? {};
  const each = inputs.map((input) => ({ ...input, required: false }));
  return { inputs: each, inputSchema: inputSchema && rest };
}

function termsOf({ price }: Listing, wished: WishedTerms, at: Date): Terms | Problem {
  const terms = checkTerms(wished, at);
  if (isProblem(terms) || wished.price !== undefined) return terms;
  return { ...terms, price };
}
