import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reputationOf } from '../../../market/reputation/aggregate.ts';
import { addDeal, dealingsOf } from '../../../market/reputation/dealings.ts';
import { reputationLimits as limits } from '../../../market/reputation/limits.ts';
import { partyOf } from '../../../market/reputation/party.ts';
import type { Deal, Rating } from '../../../market/reputation/rating.ts';
import { anyDeals, anyRatings, daysAgo, known, now, rating } from './samples.ts';

const of = (ratings: Rating[], deals: Deal[] = []) => reputationOf(ratings, dealingsOf(deals), now);

/** So many raters of whom enough is known, none of whom has to do with another. */
function independent(count: number, score: number, more: Partial<Rating> = {}): [Rating[], Deal[]] {
  const raters = Array.from({ length: count }, (_, at) => partyOf(`client@own${at}.example`));
  return [raters.map((rater) => rating(rater, score, more)), raters.flatMap((rater) => known(rater))];
}

const shuffled = <Value>(values: Value[]) => fc.shuffledSubarray(values, { minLength: values.length });

describe('a reputation', () => {
  test('is unknown, not bad, where nobody has rated', () => {
    expect(of([])).toBeNull();
  });

  test('is unknown where all who rated are the subject by another name', () => {
    expect(of([rating('agent@subject.example', 5)])).toBeNull();
  });

  test('lies within the scale, and its interval holds it', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, (ratings, deals) => {
        const reputation = of(ratings, deals);
        if (!reputation) return;
        const { score, low, high } = reputation;
        expect(low).toBeGreaterThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(score);
        expect(score).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(5);
        for (const share of Object.values(reputation.aspects))
          expect(share === null || (share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });

  test('is never lowered by a better rating, nor is either end of its interval', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, fc.nat(), (ratings, deals, which) => {
        const at = which % Math.max(1, ratings.length);
        const better = ratings.map((one, index) =>
          index === at ? { ...one, score: Math.min(5, one.score + 1) } : one,
        );
        const [before, after] = [of(ratings, deals), of(better, deals)];
        if (!before || !after) return;
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(after.low).toBeGreaterThanOrEqual(before.low);
        expect(after.high).toBeGreaterThanOrEqual(before.high);
      }),
    );
  });

  test('comes out the same, to the last digit, in any order of ratings and dealings', () => {
    const shuffles = fc
      .tuple(anyRatings, anyDeals)
      .chain(([ratings, deals]) =>
        fc.tuple(fc.constant(ratings), fc.constant(deals), shuffled(ratings), shuffled(deals)),
      );
    fc.assert(
      fc.property(shuffles, ([ratings, deals, otherRatings, otherDeals]) => {
        expect(of(otherRatings, otherDeals)).toEqual(of(ratings, deals));
      }),
    );
  });

  test('comes out the same whether dealings are added one by one, twice, or all at once', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, (ratings, deals) => {
        const kept = dealingsOf([]);
        for (const deal of deals) {
          addDeal(kept, deal);
          reputationOf(ratings, kept, now);
        }
        for (const deal of deals) addDeal(kept, deal);
        expect(reputationOf(ratings, kept, now)).toEqual(of(ratings, deals));
      }),
    );
  });

  test.each([1, 3, 5])('is known the better the more independent raters say %i', (score) => {
    const widths = [1, 2, 5, 10, 30, 100].map((count) => {
      const reputation = of(...independent(count, score));
      return reputation ? reputation.high - reputation.low : Number.NaN;
    });
    for (const [at, width] of widths.entries()) if (at > 0) expect(width).toBeLessThan(widths[at - 1] ?? 0);
    expect(widths.at(-1)).toBeLessThan(0.7);
  });

  test('nears what independent raters say, and the prior where they are few', () => {
    expect(of(...independent(100, 5))?.score).toBeGreaterThan(4.9);
    expect(of(...independent(1, 5))?.score).toBeLessThan(4);
    expect(of(...independent(100, 1))?.score).toBeLessThan(1.1);
  });

  test('fades: what was said long ago gives way to what is said now', () => {
    const [old, oldDeals] = independent(20, 5, { at: daysAgo(8 * limits.halfLifeDays) });
    const rater = partyOf('client@recent.example');
    const recent = [1, 2, 3, 4].map((at) => partyOf(`client@recent${at}.example`));
    const deals = [...oldDeals, ...[rater, ...recent].flatMap((one) => known(one))];
    const said = [rater, ...recent].map((one) => rating(one, 1));
    expect(of(old, deals)?.score).toBeLessThan(3.5);
    expect(of([...old, ...said], deals)?.score).toBeLessThan(2);
  });

  test('says of each aspect how many of those who said found it so, and null where nobody said', () => {
    const [some, deals] = independent(40, 4, { aspects: { correct: true, onTime: false } });
    const { correct, onTime, asDescribed } = of(some, deals)?.aspects ?? {};
    expect(correct).toBeGreaterThan(0.95);
    expect(onTime).toBeLessThan(0.05);
    expect(asDescribed).toBeNull();
  });

  test('counts the ratings that count, whatever they weigh', () => {
    const mine = rating('agent@subject.example', 5);
    expect(of([mine, rating('a@one.example', 5), rating('b@one.example', 5)])?.count).toBe(2);
  });
});
