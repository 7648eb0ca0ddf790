/** What has a score, and what the score is worth where lists are put in order. */

import type { Reputation } from './aggregate.ts';
import { believe } from './interval.ts';
import { scoreMax, scoreMin } from './rating.ts';

export const scoredKinds = ['listing', 'provider', 'client'] as const;
export type ScoredKind = (typeof scoredKinds)[number];

export type Scored = { kind: ScoredKind; subject: string };

/** The lower end of what is believed of somebody whom nobody has rated: whoever stands there is as good as unknown. */
export const lowOfUnknown = scoreMin + believe([]).low * (scoreMax - scoreMin);

/** What somebody whom nobody has rated is worth in an order: unknown, which is not bad. */
export const shareOfUnknown = 0.5;

/**
 * What the lower end is worth in an order, 0 to 1: it rises with it, and is `shareOfUnknown` where it says no more than
 * that nothing is known.
 */
export function shareOf({ low }: Pick<Reputation, 'low'>): number {
  return low < lowOfUnknown
    ? (shareOfUnknown * (low - scoreMin)) / (lowOfUnknown - scoreMin)
    : shareOfUnknown + ((1 - shareOfUnknown) * (low - lowOfUnknown)) / (scoreMax - lowOfUnknown);
}
