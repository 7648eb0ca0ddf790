/** Ratings as anybody is shown them, and as the two parties of a contract are. */

import { contractRatings, type KeptRating, listRatings } from '../../db/ratings.ts';
import { findScores, hasLeft } from '../../db/reputation.ts';
import { providerAddress, providerDomain } from '../../market/address.ts';
import { otherSide, type Side } from '../../market/contract/states.ts';
import { decodeCursor, encodeCursor } from '../../market/cursor.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { RatingAct } from '../../market/reputation/history.ts';
import { changeProblem, rateProblem, replyProblem, withdrawProblem } from '../../market/reputation/rules.ts';
import type { Scored } from '../../market/reputation/scored.ts';
import type { ShownScore } from '../../market/reputation/shown-score.ts';
import { ownContract, sideOf } from '../contracts/show.ts';
import type { Caller, Deps } from '../deps.ts';
import { showListing } from '../show.ts';

/** What each side of a contract says of the other, and what the caller can still say. */
export type OwnRatings = {
  side: Side;
  /** What the caller said, and what was said of it. */
  given: KeptRating | null;
  received: KeptRating | null;
  open: RatingAct[];
};

export async function contractRatingsOf(
  deps: Deps,
  caller: Caller,
  id: string,
): Promise<OwnRatings | Problem> {
  const contract = await ownContract(deps, caller, id);
  if (isProblem(contract)) return contract;
  const side = sideOf(contract, caller);
  const all = await contractRatings(deps.db, id);
  const [given, received] = [all[side], all[otherSide(side)]];
  const at = new Date();
  const problems: { [act in RatingAct]: Problem | null } = {
    rate: rateProblem({ contract, side, at }, given),
    change: changeProblem(given, at),
    withdraw: withdrawProblem(given),
    reply: replyProblem(received, at),
  };
  const acts = Object.entries(problems) as [RatingAct, Problem | null][];
  return { side, given, received, open: acts.flatMap(([act, refused]) => (refused ? [] : [act])) };
}

/**
 * A rating as everybody is shown it. Contracts are shown to their parties only: of who rated, the domain is told, and not
 * even that of who had its data deleted.
 */
export type PublicRating = Pick<
  KeptRating,
  'score' | 'aspects' | 'text' | 'at' | 'changed' | 'withdrawn' | 'reply' | 'listing' | 'isPaid'
> & { domain: string | null };

export type RatingsPage = {
  score: ShownScore | null;
  /** Newest first; those that were withdrawn say nothing but that. */
  items: PublicRating[];
  cursor: string | null;
};

export type RatingsInput = { limit: number; cursor: string | null };

export async function listingRatings(
  deps: Deps,
  id: string,
  input: RatingsInput,
): Promise<RatingsPage | Problem> {
  const record = await showListing(deps, id);
  if (isProblem(record)) return record;
  return ratingsPage(deps, { kind: 'listing', subject: id }, input);
}

/** @param side in which the agent was rated @param address a JID; its resource, if it has one, is ignored */
export async function agentRatings(
  deps: Deps,
  address: string,
  side: Side,
  input: RatingsInput,
): Promise<RatingsPage | Problem> {
  const jid = providerAddress(address);
  if (!jid) return problem('invalid-parameter', 'The address is no JID; expected one such as fx@works.test.');
  // Who wants to be out of the directory is not spoken of.
  if (await hasLeft(deps.db, jid)) return emptyPage;
  return ratingsPage(deps, { kind: side, subject: jid }, input);
}

const emptyPage: RatingsPage = { score: null, items: [], cursor: null };

async function ratingsPage(
  { db }: Deps,
  of: Scored,
  { limit, cursor }: RatingsInput,
): Promise<RatingsPage | Problem> {
  const scope = `ratings ${of.kind} ${of.subject}`;
  const position = cursor === null ? null : decodeCursor(scope, cursor, 'int8');
  const at = new Date(Number(position?.key));
  if (cursor !== null && (position === null || Number.isNaN(at.getTime()))) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this list; expected the cursor of its last page, or none.',
    );
  }
  const after = position && { at, contract: position.id };
  const [scores, rows] = await Promise.all([
    findScores(db, of.subject),
    listRatings(db, of, { after, limit: limit + 1 }),
  ]);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    score: scores[of.kind],
    items: items.map(publicRating),
    cursor:
      rows.length > limit && last
        ? encodeCursor(scope, { key: String(last.at.getTime()), id: last.contract })
        : null,
  };
}

function publicRating({ rater, isForgotten, ...rating }: KeptRating): PublicRating {
  const { score, aspects, text, at, changed, withdrawn, reply, listing, isPaid } = rating;
  return {
    ...{ score, aspects, text, at, changed, withdrawn, reply, listing, isPaid },
    domain: isForgotten ? null : providerDomain(rater),
  };
}
