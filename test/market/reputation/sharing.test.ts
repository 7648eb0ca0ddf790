import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacity, shareOut } from '../../../market/reputation/sharing.ts';

const heights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
const most = fc.double({ min: 1, max: 10, noNaN: true });
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const tiny = 1e-9;

describe('sharing out', () => {
  test('leaves one alone as it is', () => {
    expect(shareOut([0.7], 1.2)[0]).toBeCloseTo(0.7, 12);
    expect(shareOut([], 1.2)).toEqual([]);
  });

  test('gives like shares to like members, and each further one adds less', () => {
    expect(shareOut([1, 1], 2).map((share) => share.toFixed(3))).toEqual(['0.750', '0.750']);
    expect([1, 2, 3].map((count) => capacity(count, 2))).toEqual([1, 1.5, 1.75]);
  });

  test('gives nobody more than its height, and more to the higher', () => {
    fc.assert(
      fc.property(heights, most, (given, limit) => {
        const shares = shareOut(given, limit);
        for (const [at, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual((given[at] ?? 0) + tiny);
          for (const [of, other] of shares.entries())
            if ((given[at] ?? 0) >= (given[of] ?? 0)) expect(share).toBeGreaterThanOrEqual(other);
        }
      }),
    );
  });

  test('gives all together no less than the highest, and no more than so many times that', () => {
    fc.assert(
      fc.property(heights, most, (given, limit) => {
        const highest = Math.max(0, ...given);
        expect(sum(shareOut(given, limit))).toBeGreaterThanOrEqual(highest - tiny);
        expect(sum(shareOut(given, limit))).toBeLessThanOrEqual(highest * limit + tiny);
      }),
    );
  });

  test('takes no more from the highest by a crowd of low ones than their height', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (count) => {
        const [highest = 0] = shareOut([1, ...Array.from({ length: count }, () => 0.05)], 1.25);
        expect(highest).toBeGreaterThanOrEqual(0.95 - tiny);
      }),
    );
  });
});
