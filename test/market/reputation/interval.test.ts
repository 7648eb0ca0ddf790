import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { believe } from '../../../market/reputation/interval.ts';
import { reputationLimits as limits } from '../../../market/reputation/limits.ts';

const opinion = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  weight: fc.double({ min: 0, max: 50, noNaN: true }),
});

describe('a belief', () => {
  test('is in the middle, and wide, before anybody spoke', () => {
    const { mean, low, high } = believe([]);
    expect(mean).toBe(0.5);
    expect(low).toBeLessThan(0.15);
    expect(high).toBeCloseTo(1 - low, 12);
  });

  test('has as its mean the prior and the opinions, each by its weight', () => {
    expect(believe([{ share: 1, weight: 2 }]).mean).toBeCloseTo(3 / 4, 12);
    expect(
      believe([
        { share: 1, weight: 8 },
        { share: 0, weight: 2 },
      ]).mean,
    ).toBeCloseTo(9 / 12, 12);
  });

  test('ends where the mean would be as many deviations off: the score interval of Wilson', () => {
    fc.assert(
      fc.property(fc.array(opinion, { maxLength: 20 }), (opinions) => {
        const { mean, low, high } = believe(opinions);
        const weight = opinions.reduce((sum, one) => sum + one.weight, 0) + limits.priorWeight;
        for (const end of [low, high]) {
          const deviations = Math.abs(mean - end) / Math.sqrt((end * (1 - end)) / weight);
          expect(deviations).toBeCloseTo(limits.intervalDeviations, 4);
        }
        expect(low).toBeLessThan(mean);
        expect(mean).toBeLessThan(high);
      }),
    );
  });
});
