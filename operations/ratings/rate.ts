/** What a party says of its contract's other side: rating, changing that, withdrawing it, and answering what the other said. */

import { keptKey } from '../../db/idempotency.ts';
import type { Job } from '../../db/jobs.ts';
import { contractRatings, ratingHistory, writeRating } from '../../db/ratings.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { otherSide, type Side } from '../../market/contract/states.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import {
  foldEntries,
  type RatingAct,
  type RatingOf,
  type StandingRating,
} from '../../market/reputation/history.ts';
import { partyOf } from '../../market/reputation/party.ts';
import { type Aspects, hasPrice } from '../../market/reputation/rating.ts';
import {
  changeProblem,
  checkReply,
  checkWords,
  type GivenRating,
  nextEntry,
  rateProblem,
  ratingBy,
  replyProblem,
  withdrawProblem,
} from '../../market/reputation/rules.ts';
import type { Scored } from '../../market/reputation/scored.ts';
import { ownContract, sideOf } from '../contracts/show.ts';
import type { Caller, Deps } from '../deps.ts';

/** How often something is tried anew because the contract or the rating moved meanwhile. */
const triesMax = 10;

/** @param key with one that the caller used for the same before, the rating as it is now is the answer */
export async function rate(
  deps: Deps,
  caller: Caller,
  id: string,
  given: GivenRating,
  key: string | null,
): Promise<StandingRating | Problem> {
  const words = checkWords(given);
  return isProblem(words) ? words : say(deps, caller, id, 'rate', words, key);
}

/** Says something else in place of what was said. */
export async function changeRating(
  deps: Deps,
  caller: Caller,
  id: string,
  given: GivenRating,
): Promise<StandingRating | Problem> {
  const words = checkWords(given);
  return isProblem(words) ? words : say(deps, caller, id, 'change', words, null);
}

/** Takes back what was said, for good. */
export async function withdrawRating(
  deps: Deps,
  caller: Caller,
  id: string,
): Promise<StandingRating | Problem> {
  return say(deps, caller, id, 'withdraw', nothing, null);
}

/** Answers what the other side said. */
export async function replyToRating(
  deps: Deps,
  caller: Caller,
  id: string,
  text: string,
  key: string | null,
): Promise<StandingRating | Problem> {
  const words = checkReply(text);
  return isProblem(words) ? words : say(deps, caller, id, 'reply', { ...nothing, text: words }, key);
}

type Words = { score: number | null; aspects: Aspects; text: string | null };
const nothing: Words = { score: null, aspects: {}, text: null };

async function say(
  deps: Deps,
  caller: Caller,
  id: string,
  act: RatingAct,
  words: Words,
  key: string | null,
): Promise<StandingRating | Problem> {
  const asked = askedHash(`rating ${id} ${act}`, JSON.parse(JSON.stringify(words)));
  const kept = key === null ? null : { caller: caller.jid, key, asked };
  const refused = key === null ? null : keyProblem(key);
  if (refused) return refused;
  for (let tried = 0; tried < triesMax; tried++) {
    const contract = await ownContract(deps, caller, id);
    if (isProblem(contract)) return contract;
    const side = sideOf(contract, caller);
    const by = ratingBy(act, side);
    const said = (await contractRatings(deps.db, id))[by];
    const earlier = kept && (await repeated(deps, kept, said));
    if (earlier) return earlier;
    const at = new Date();
    const closed = problemOf(act, contract, side, said, at);
    if (closed) return closed;
    const entry = nextEntry(said, act, words, at);
    const entries = said ? await ratingHistory(deps.db, id, by) : [];
    const after = foldEntries(ratingOf(contract, by), [...entries, entry]);
    if (!after) throw new Error('a rating has its first entry');
    const written = await writeRating(deps.db, {
      ...{ entry, after, contract, key: kept },
      raterHost: partyOf(after.rater).host,
      touched: act === 'reply' ? [] : touchedBy(after),
      jobs: jobsOf(after, act),
    });
    if (written) return after;
  }
  return problem('rating-not-open', 'The contract moves faster than it is rated; expected another try.');
}

/** What came of an earlier request with the key; null where there was none. */
async function repeated(
  { db }: Deps,
  { caller, key, asked }: { caller: string; key: string; asked: string },
  said: StandingRating | null,
): Promise<StandingRating | Problem | null> {
  const kept = await keptKey(db, caller, key);
  if (!kept) return null;
  if (kept.asked === asked && said) return said;
  return problem(
    'key-reused',
    'The key was used for another request in the last 24 hours; expected a new one.',
  );
}

function problemOf(
  act: RatingAct,
  contract: Contract,
  side: Side,
  said: StandingRating | null,
  at: Date,
): Problem | null {
  switch (act) {
    case 'rate':
      return rateProblem({ contract, side, at }, said);
    case 'change':
      return changeProblem(said, at);
    case 'withdraw':
      return withdrawProblem(said);
    case 'reply':
      return replyProblem(said, at);
  }
}

function ratingOf(contract: Contract, by: Side): RatingOf {
  return {
    contract: contract.id,
    by,
    rater: contract[by],
    subject: contract[otherSide(by)],
    listing: contract.listing?.id ?? null,
    isPaid: hasPrice(contract.price),
  };
}

/** The scores that the rating is part of. */
function touchedBy({ by, subject, listing }: RatingOf): Scored[] {
  if (by === 'provider') return [{ kind: 'client', subject }];
  const provider: Scored = { kind: 'provider', subject };
  return listing === null ? [provider] : [provider, { kind: 'listing', subject: listing }];
}

/** Whoever is rated, or answered, is told. */
function jobsOf({ contract, by }: StandingRating, act: RatingAct): Job[] {
  return act === 'rate' || act === 'reply' ? [{ task: 'tell-rating', payload: { contract, by, act } }] : [];
}
