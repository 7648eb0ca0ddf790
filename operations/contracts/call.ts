/** Contracting a listing by having the directory call it. */

import { randomBytes } from 'node:crypto';
import { insertContract } from '../../db/contracts.ts';
import { directoryAddress } from '../../db/directory.ts';
import { keptKey } from '../../db/idempotency.ts';
import { relayWords } from '../../db/relay.ts';
import type { Contract, MoveData } from '../../market/contract/contract.ts';
import { foldEvent, openEvent } from '../../market/contract/move.ts';
import { noTerms } from '../../market/contract/terms.ts';
import { noFacts } from '../../market/facts.ts';
import { boundsError } from '../../market/given-value.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { checkInput, inputRefused } from '../../market/input-check.ts';
import type { ListingRecord } from '../../market/listing.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { callProblem, relayProblem, statedRelay } from '../../market/relay.ts';
import { versionOf } from '../../market/version.ts';
import type { Caller, Deps } from '../deps.ts';
import { showListing } from '../show.ts';
import { jobsOf } from './jobs.ts';
import { ownContract } from './show.ts';

export const callLimits = {
  /** Contracts that one party opened and that are open at the same time. */
  openPerOpenerMax: 250,
} as const;

export type CallWish = {
  listing: string;
  input: NonNullable<MoveData['input']>;
  /** The listing's `seq` as the client read it; null where it takes the listing as it is. */
  seq: number | null;
};

/** @param key the caller's idempotency key; with one that it used for the same before, that contract is the answer */
export async function openCall(
  deps: Deps,
  caller: Caller,
  wish: CallWish,
  key: string | null,
): Promise<Contract | Problem> {
  const outside = boundsError(wish.input);
  if (outside) return inputRefused([outside]);
  const asked = askedHash('call', { listing: wish.listing, input: wish.input, seq: wish.seq });
  if (key !== null) {
    const earlier = keyProblem(key) ?? (await contractOfKey(deps, caller, key, asked));
    if (earlier) return earlier;
  }
  const record = await callable(deps, caller, wish.listing);
  if (isProblem(record)) return record;
  const refused = wishProblem(record, wish);
  if (refused) return refused;

  const { listing, status } = record;
  const opening = {
    id: `c${randomBytes(16).toString('base64url')}`,
    kind: 'call' as const,
    opening: 'call' as const,
    openedBy: 'client' as const,
    client: caller.jid,
    provider: listing.provider.jid,
    listing: { id: listing.id, version: versionOf(listing), name: listing.name },
    protocol: listing.call?.protocol ?? null,
    input: wish.input,
    ...noTerms,
    price: listing.price,
  };
  const event = openEvent(opening, new Date());
  const contract = foldEvent(opening, event);
  const thread = { node: listing.call?.node ?? null, jid: status.callJid };
  const outcome = await insertContract(
    deps.db,
    {
      contract,
      event,
      thread,
      jobs: jobsOf(contract, event),
      key: key === null ? null : { caller: caller.jid, key, asked },
    },
    callLimits.openPerOpenerMax,
  );
  switch (outcome) {
    case 'made':
      return contract;
    case 'too-many':
      return problem(
        'limit-reached',
        `A party has at most ${callLimits.openPerOpenerMax} open contracts of its own; expected one to end first.`,
      );
    case 'repeated': {
      const made = key === null ? null : await contractOfKey(deps, caller, key, asked);
      if (!made) throw new Error('a key that is taken has an outcome');
      return made;
    }
  }
}

/** What came of an earlier request with the key; null where there was none. */
export async function contractOfKey(
  deps: Deps,
  caller: Caller,
  key: string,
  asked: string,
): Promise<Contract | Problem | null> {
  const kept = await keptKey(deps.db, caller.jid, key);
  if (!kept) return null;
  if (kept.asked === asked) return ownContract(deps, caller, kept.outcome);
  return problem(
    'key-reused',
    'The key was used for another request in the last 24 hours; expected a new one.',
  );
}

/** The listing, if the directory may call it for the caller now. */
export async function callable(deps: Deps, caller: Caller, id: string): Promise<ListingRecord | Problem> {
  const [record, directory] = await Promise.all([showListing(deps, id), directoryAddress(deps.db)]);
  if (isProblem(record)) return record;
  const { listing, status } = record;
  const impossible = callProblem(listing, caller.jid, directory);
  if (impossible) return impossible;
  const denied = await relayProblemOf(deps, listing.provider.jid, listing.node);
  if (denied) return denied;
  if (!status.stale) return record;
  return problem(
    'listing-not-live',
    `The listing was last verified at ${status.verified.toISOString()}; expected one that is not stale.`,
  );
}

/** Null where the agent lets the directory call this node for others: asked before each stanza that goes out. */
export async function relayProblemOf(deps: Deps, provider: string, node: string): Promise<Problem | null> {
  const { facts, published, registration } = await relayWords(deps.db, provider);
  const stated = statedRelay({ ...noFacts, ...facts, published: published ?? [] }, node);
  return relayProblem(provider, stated, registration);
}

function wishProblem({ listing, seq }: ListingRecord, wish: CallWish): Problem | null {
  if (wish.seq !== null && wish.seq !== seq) {
    return problem(
      'listing-changed',
      `The listing's seq is ${seq}, not ${wish.seq}; expected the seq of a fresh answer, or none.`,
    );
  }
  const errors = checkInput(listing, wish.input);
  return errors.length > 0 ? inputRefused(errors) : null;
}
