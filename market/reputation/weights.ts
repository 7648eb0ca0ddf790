/** What each rating of one subject weighs. Only who, when and for what decide; never what a rating says. */

import type { Dealings } from './dealings.ts';
import { dayMs, reputationLimits as limits } from './limits.ts';
import { areRelated } from './party.ts';
import type { Rating } from './rating.ts';
import { shareOut } from './sharing.ts';
import { type Trust, trustTowards } from './standing.ts';

/** `weight` is `known`, what the rater's standing gives it, and `unknown`, what any newcomer would have. */
export type Weighed = { rating: Rating; weight: number; known: number; unknown: number };

type Part = { rating: Rating; weight: number };

/**
 * What is known and what is unknown are held to their bounds apart, so that newcomers in any number take nothing from
 * those of whom more is known.
 *
 * @param ratings all of one subject, in any order
 * @returns in the order of their contracts, without those between related parties
 */
export function weigh(ratings: Rating[], dealings: Dealings, now: Date): Weighed[] {
  const counted = ratings.filter(({ rater, subject }) => !areRelated(rater, subject)).sort(byKey);
  const [first] = counted;
  if (!first) return [];
  const raters = counted.map(({ rater }) => rater);
  const trust = trustTowards(first.subject, raters, dealings);
  const known = poolAll(counted.map((rating) => ({ rating, weight: knownWeight(rating, trust, now) })));
  const unknown = boundNewcomers(
    poolAll(counted.map((rating) => ({ rating, weight: unknownWeight(rating, trust, now) }))),
    sumOf(known),
  );
  return known.map(({ rating, weight }, at) => {
    const more = unknown[at]?.weight ?? 0;
    return { rating, weight: weight + more, known: weight, unknown: more };
  });
}

function byKey(a: Rating, b: Rating): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  return one < other ? -1 : Number(one > other);
}

function keyOf({ contract, by }: Rating): string {
  return `${contract} ${by}`;
}

function knownWeight(rating: Rating, trust: Trust, now: Date): number {
  return trust(rating.rater) * discount(rating, now);
}

function unknownWeight(rating: Rating, trust: Trust, now: Date): number {
  const full = rating.isPaid ? limits.newcomerPaidWeight : limits.newcomerFreeWeight;
  return (1 - trust(rating.rater)) * full * discount(rating, now);
}

/**
 * Halves with every half-life: the forgetting factor of A. Jøsang and R. Ismail, "The Beta Reputation System" (15th Bled
 * Electronic Commerce Conference, 2002). A clock that is behind makes nothing heavier.
 */
function discount({ rater, subject, at }: Rating, now: Date): number {
  const ageDays = Math.max(0, now.getTime() - at.getTime()) / dayMs;
  const fading = 2 ** (-ageDays / limits.halfLifeDays);
  return rater.site === subject.site ? fading * limits.ownSiteShare : fading;
}

/** Of a rater its ratings, of a site its raters, of a hosting domain its sites: each held to a few of them. */
function poolAll(parts: Part[]): Part[] {
  const perRater = pool(parts, ({ rater }) => rater.owner, keyOf, limits.raterRatingsMax);
  const perSite = pool(
    perRater,
    ({ rater }) => rater.site,
    ({ rater }) => rater.owner,
    limits.siteRatersMax,
  );
  return pool(
    perSite,
    ({ rater }) => rater.host,
    ({ rater }) => rater.site,
    limits.hostSitesMax,
  );
}

/** Holds each group to what a few of its units would weigh. */
function pool(
  parts: Part[],
  groupOf: (rating: Rating) => string,
  unitOf: (rating: Rating) => string,
  most: number,
): Part[] {
  const scales = new Map<Part, number>();
  for (const group of Map.groupBy(parts, ({ rating }) => groupOf(rating)).values()) {
    const units = [...Map.groupBy(group, ({ rating }) => unitOf(rating)).values()];
    const heights = units.map(sumOf);
    for (const [index, share] of shareOut(heights, most).entries()) {
      const height = heights[index] ?? 0;
      for (const part of units[index] ?? []) scales.set(part, height > 0 ? share / height : 0);
    }
  }
  return parts.map((part) => ({ ...part, weight: part.weight * (scales.get(part) ?? 0) }));
}

/**
 * However many they are, and on however many domains: who has shown nothing says little, and less the more is known from
 * raters who have. Like a prior, it counts until there is something better.
 */
function boundNewcomers(parts: Part[], knownSum: number): Part[] {
  const most = (limits.newcomersWeightMax * limits.priorWeight) / (limits.priorWeight + knownSum);
  const kept = most / (most + sumOf(parts));
  return parts.map((part) => ({ ...part, weight: part.weight * kept }));
}

export function sumOf(parts: { weight: number }[]): number {
  return parts.reduce((sum, { weight }) => sum + weight, 0);
}
