import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldUptime, type HourCount, hourMs, medianMs, windowHours } from '../../market/uptime.ts';

/** Half past the hour. */
const now = Date.UTC(2026, 10, 20, 10, 30);
const thisHour = now - hourMs / 2;
/** Twelve observations fill an hour. */
const periodMs = hourMs / 12;

const at = (
  hoursAgo: number,
  good: number,
  bad: number,
  signal: HourCount['signal'] = 'reachable',
): HourCount => ({ signal, hour: thisHour - hoursAgo * hourMs, good, bad });
const fold = (counts: HourCount[]) => foldUptime(counts, now, periodMs);
const both = (day: number | null, month: number | null = day) => ({ d1: day, d7: month, d30: month });

describe('uptime', () => {
  test.each<[string, HourCount[], ReturnType<typeof fold>]>([
    ['is unknown where nothing was observed', [], both(null)],
    ['is unknown where too little was observed', [at(0, 2, 0)], both(null)],
    ['is 1 where every observation was good', [at(0, 3, 0)], both(1)],
    ['is 0 where every observation was bad', [at(0, 0, 3)], both(0)],
    ['is the share of good observations of an hour', [at(0, 9, 3)], both(0.75)],
    ['weighs hours alike that were observed alike', [at(0, 12, 0), at(1, 0, 12)], both(0.5)],
    ['weighs an hour by how much of it was observed', [at(0, 12, 0), at(1, 0, 4)], both(0.75)],
    ['weighs an hour as an hour at most', [at(0, 12, 0), at(1, 0, 1_000)], both(0.5)],
    ['skips hours without observation', [at(0, 12, 0), at(9, 6, 6)], both(0.75)],
    ['leaves out of a window what is older', [at(23, 12, 0), at(24, 0, 12)], both(1, 0.5)],
    ['keeps 7 days apart from 30', [at(0, 12, 0), at(168, 0, 12)], { d1: 1, d7: 1, d30: 0.5 }],
    ['forgets what is older than 30 days', [at(719, 12, 0), at(720, 0, 12)], { d1: null, d7: null, d30: 1 }],
    ['leaves out what a wrong clock put into the future', [at(0, 12, 0), at(-1, 0, 12)], both(1)],
    ['is rounded down: what failed once is not 1', [at(1, 100_000, 1)], both(0.9999)],
    [
      'takes an hour for down in which commands were never answered',
      [at(0, 12, 0), at(0, 0, 1, 'answers')],
      both(0),
    ],
    [
      'takes an hour for down in which no valid description came',
      [at(0, 12, 0), at(0, 0, 1, 'describes')],
      both(0),
    ],
    ['forgives a visit that failed before one that did not', [at(0, 12, 0), at(0, 1, 5, 'answers')], both(1)],
    ['says nothing by visits alone', [at(0, 9, 0, 'answers'), at(0, 0, 9, 'describes')], both(null)],
  ])('%s', (_what, counts, expected) => {
    expect(fold(counts)).toEqual(expected);
  });

  const hours = fc.uniqueArray(
    fc
      .tuple(
        fc.integer({ min: 0, max: 800 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
      )
      .map(([ago, good, bad]) => at(ago, good, bad)),
    { selector: ({ hour }) => hour, maxLength: 60 },
  );
  const windows = Object.keys(windowHours) as (keyof typeof windowHours)[];

  test('is null or from 0 to 1, and 1 exactly where nothing failed', () => {
    fc.assert(
      fc.property(hours, (counts) => {
        const uptime = fold(counts);
        for (const window of windows) {
          const within = counts.filter(({ hour }) => hour > thisHour - windowHours[window] * hourMs);
          const value = uptime[window];
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
          expect(value === 1).toBe(within.every(({ bad }) => bad === 0));
        }
      }),
    );
  });

  test('does not depend on the order of the hours, nor on hours without observation', () => {
    fc.assert(
      fc.property(hours, (counts) => {
        const empty = Array.from({ length: 800 }, (_, ago) => at(ago, 0, 0));
        const more = empty.filter(({ hour }) => !counts.some((count) => count.hour === hour));
        expect(fold([...counts].reverse().concat(more))).toEqual(fold(counts));
      }),
    );
  });

  test('never falls by a good observation, nor rises by a bad one', () => {
    fc.assert(
      fc.property(hours, fc.nat(), (counts, pick) => {
        const chosen = counts[pick % Math.max(1, counts.length)];
        if (!chosen) return;
        const change = (more: Partial<HourCount>) =>
          fold(counts.map((count) => (count === chosen ? { ...count, ...more } : count)));
        const before = fold(counts);
        const better = change({ good: chosen.good + 1 });
        const worse = change({ bad: chosen.bad + 1 });
        for (const window of windows) {
          const value = before[window];
          if (value === null) continue;
          expect(better[window]).toBeGreaterThanOrEqual(value);
          expect(worse[window]).toBeLessThanOrEqual(value);
        }
      }),
    );
  });

  test('is the same whatever the period, where every hour was observed alike', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 24 }), (goods) => {
        const counts = goods.map((good, ago) => at(ago, good, 12 - good));
        expect(foldUptime(counts, now, periodMs)).toEqual(foldUptime(counts, now, periodMs / 1_000));
      }),
    );
  });
});

test.each<[number[], number | null]>([
  [[], null],
  [[7], 7],
  [[9, 1], 5],
  [[1, 2], 2],
  [[30, 10, 20], 20],
  [[5, 100_000, 5, 5], 5],
])('the median of %j is %j', (times, median) => {
  expect(medianMs(times)).toBe(median);
});
