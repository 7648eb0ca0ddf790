/** The message that tells a party that it was rated, or that its rating was answered. */

import { isKnown } from '../../db/consent.ts';
import { contractRatings, type KeptRating } from '../../db/ratings.ts';
import { contractHistory, contractToCarryOn } from '../../db/read-contracts.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { otherSide, type Side } from '../../market/contract/states.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import { cleanLine, xmlSafe } from '../../protocol/text.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { contractMessageLimits } from './contract-message.ts';
import type { TellDeps } from './messages.ts';

/** What `by` said in the contract, or how that was answered. */
export type AskedRating = { contract: string; by: Side; act: 'rate' | 'reply' };

/**
 * Tells whoever was rated, or answered, what is said now: what was withdrawn or changed since is not told as it was.
 * Strangers hear nothing, as of contracts.
 * @throws where it is not known that the server has the message
 */
export async function tellOfRating(
  { db, session, taken }: Omit<TellDeps, 'notice'>,
  { contract: id, by, act }: AskedRating,
): Promise<void> {
  const known = await contractToCarryOn(db, id);
  const rating = (await contractRatings(db, id))[by];
  if (!known || !rating || rating.score === null) return;
  const { contract } = known;
  const party = act === 'rate' ? otherSide(by) : by;
  const history = await contractHistory(db, id, contractLimits.eventsMax * 2);
  const hasMoved = contract.kind === 'call' || history.some((event) => event.by === party);
  if (!hasMoved && !(await isKnown(db, contract[party]))) return;
  const isSent = session.send(ratingMessage(contract, rating, party, act));
  if (!isSent || !(await taken.isTaken())) throw new Error('the server has not taken the message');
}

/** Its id is made of the contract and the rating, so that whoever gets it twice knows it again. */
export function ratingMessage(
  contract: Contract,
  rating: KeptRating,
  side: Side,
  act: 'rate' | 'reply',
): Element {
  const { id, listing } = contract;
  const { nameCharsMax, reasonCharsMax } = contractMessageLimits;
  const other = contract[otherSide(side)];
  const about = listing ? ` (${cleanLine(listing.name, nameCharsMax)})` : '';
  const text = act === 'rate' ? rating.text : rating.reply?.text;
  const lines = [
    act === 'rate'
      ? `Contract ${id} with ${other}${about}: rated ${rating.score} of 5.`
      : `Contract ${id} with ${other}${about}: your rating is answered.`,
    text && `It says: '${cleanLine(text, reasonCharsMax)}'`,
    act === 'rate' && "The command 'reply' answers it, once; 'rate' rates the other side.",
  ];
  const { by } = rating;
  return xml(
    'message',
    { to: contract[side], id: `rating-${id}-${by}-${act}`, type: 'normal', 'xml:lang': 'en' },
    xml('thread', {}, id),
    xml('body', {}, xmlSafe(lines.filter(Boolean).join('\n'))),
    xml('rating', { xmlns: NS_CONTRACT, id, act, by, score: String(rating.score), side }),
  );
}
