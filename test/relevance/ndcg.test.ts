import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dcg, ndcg } from '../../scripts/bench/ndcg.ts';

const grades = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });

describe('discounted cumulative gain', () => {
  test('adds the gains, each by the logarithm of its place', () => {
    expect(dcg([3], 10)).toBe(7);
    expect(dcg([3, 2, 0, 1], 10)).toBeCloseTo(7 + 3 / Math.log2(3) + 1 / Math.log2(5), 12);
  });

  test('counts no place beyond the depth', () => {
    expect(dcg([1, 1, 3], 2)).toBe(dcg([1, 1], 2));
  });

  test('is one for the best order, and nothing for no relevant answer', () => {
    expect(ndcg([3, 2, 1], [1, 3, 2], 10)).toBe(1);
    expect(ndcg([0, 0], [3], 10)).toBe(0);
    expect(ndcg([], [3], 10)).toBe(0);
  });

  test('is less the later the good answer comes', () => {
    expect(ndcg([0, 3], [3], 10)).toBeCloseTo(1 / Math.log2(3), 12);
    expect(ndcg([1, 3], [3, 1], 10)).toBeCloseTo((1 + 7 / Math.log2(3)) / (7 + 1 / Math.log2(3)), 12);
  });

  test('takes an empty answer as right where nothing is relevant', () => {
    expect(ndcg([], [], 10)).toBe(1);
    expect(ndcg([0], [], 10)).toBe(0);
  });

  test('lies between 0 and 1 for any order of what is judged, and is 1 in the ideal one', () => {
    fc.assert(
      fc.property(grades, fc.integer({ min: 1, max: 12 }), (answered, depth) => {
        const value = ndcg(answered, answered, depth);
        const best = ndcg(
          answered.toSorted((a, b) => b - a),
          answered,
          depth,
        );
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(best);
        expect(best).toBe(answered.length > 0 && answered.every((grade) => grade === 0) ? 0 : 1);
      }),
    );
  });
});
