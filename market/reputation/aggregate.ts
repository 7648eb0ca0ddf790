/**
 * What the ratings of one subject add up to. Recomputed from the ratings as they stand and the graph of dealings, it comes
 * out the same in any order of either.
 */

import type { Dealings } from './dealings.ts';
import { type Belief, believe } from './interval.ts';
import { type aspectNames, type Rating, scoreMax, scoreMin } from './rating.ts';
import type { ShownScore } from './shown-score.ts';
import { sumOf, type Weighed, weigh } from './weights.ts';

export type Reputation = ShownScore & {
  /** What the ratings weigh together: how much is known. */
  weight: number;
};

/**
 * @param ratings of one party in one of the two sides (as a provider or as a client), withdrawn ones left out
 * @returns null where no rating counts: unknown, which is not bad
 */
export function reputationOf(ratings: Rating[], dealings: Dealings, now: Date): Reputation | null {
  const weighed = weigh(ratings, dealings, now);
  if (weighed.length === 0) return null;
  const opinions = weighed.map(({ rating, weight }) => ({ share: shareOf(rating.score), weight }));
  const { mean, low, high } = believe(opinions);
  return {
    score: rounded(mean, Math.round),
    low: rounded(low, Math.floor),
    high: rounded(high, Math.ceil),
    count: weighed.length,
    weight: sumOf(weighed),
    aspects: {
      correct: aspect(weighed, 'correct'),
      onTime: aspect(weighed, 'onTime'),
      asDescribed: aspect(weighed, 'asDescribed'),
    },
  };
}

function shareOf(score: number): number {
  return (Math.min(scoreMax, Math.max(scoreMin, score)) - scoreMin) / (scoreMax - scoreMin);
}

/** In hundredths of a star, the ends outward, so that the interval holds the score as shown. */
function rounded(share: Belief['mean'], round: (value: number) => number): number {
  const score = scoreMin + share * (scoreMax - scoreMin);
  return Math.min(scoreMax, Math.max(scoreMin, round(score * 100) / 100));
}

function aspect(weighed: Weighed[], name: (typeof aspectNames)[number]): number | null {
  const said = weighed.filter(({ rating }) => rating.aspects[name] !== undefined);
  if (said.length === 0) return null;
  const { mean } = believe(
    said.map(({ rating, weight }) => ({ share: Number(rating.aspects[name]), weight })),
  );
  return Math.round(mean * 100) / 100;
}
