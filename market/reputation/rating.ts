/** Ratings: who may give one, and what the events of one add up to. */

import type { Contract } from '../contract/contract.ts';
import { otherSide, type Side } from '../contract/states.ts';
import type { Price } from '../listing.ts';
import type { Party } from './party.ts';

export const scoreMin = 1;
export const scoreMax = 5;

export const aspectNames = ['correct', 'onTime', 'asDescribed'] as const;
/** Each is true, false, or not said. */
export type Aspects = { [name in (typeof aspectNames)[number]]?: boolean };

/** @property score 1 (worst) to 5 */
export type Opinion = { score: number; aspects: Aspects };

/** One entry in the history of what a side says; numbered from 1. `opinion` is null where the rating is withdrawn. */
export type RatingEvent = { seq: number; at: Date; opinion: Opinion | null };

/** A rating as it stands, with what its weight depends on. */
export type Rating = Opinion & {
  contract: string;
  by: Side;
  rater: Party;
  subject: Party;
  isPaid: boolean;
  at: Date;
};

/** A contract that came to a good end. It shows that two parties dealt with each other, whether or not they rate. */
export type Deal = { client: Party; provider: Party; isPaid: boolean };

/** True where something was to be paid: a price of 0 is none. */
export function hasPrice(price: Price | null): boolean {
  return price !== null && Number(price.amount) > 0;
}

/** What the contract shows of its two parties' dealing with each other; null unless it came to a good end. */
export function dealOf(
  { state, price }: Pick<Contract, 'state' | 'price'>,
  parties: { client: Party; provider: Party },
): Deal | null {
  return state === 'completed' || state === 'resolved' ? { ...parties, isPaid: hasPrice(price) } : null;
}

/** True where that side may rate the other: the work was done, or came to nothing by the other's doing. */
export function mayRate({ state, fault }: Pick<Contract, 'state' | 'fault'>, by: Side): boolean {
  if (state === 'completed' || state === 'resolved') return true;
  return state === 'failed' && fault === otherSide(by);
}

/**
 * What a side says in the end, and since when: the last event decides, and the first says when, so that a rating does not
 * become young again by being changed. Null where nothing is said or it was withdrawn.
 */
export function foldRating(events: RatingEvent[]): (Opinion & { at: Date }) | null {
  const inOrder = events.toSorted((a, b) => a.seq - b.seq);
  const opinion = inOrder.at(-1)?.opinion;
  const first = inOrder[0];
  return opinion && first ? { ...opinion, at: first.at } : null;
}
