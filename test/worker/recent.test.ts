import { expect, test } from 'vitest';
import { Recent } from '../../worker/recent.ts';

function opened(max: number, idleMs: number) {
  const clock = { ms: 0 };
  return { clock, kept: new Recent<number>(max, idleMs, () => clock.ms) };
}

test('of too many entries the one that was not used for the longest is forgotten', () => {
  const { kept } = opened(2, 1_000);
  kept.set('a', 1);
  kept.set('b', 2);
  expect(kept.get('a')).toBe(1);
  kept.set('c', 3);
  expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.size]).toEqual([1, undefined, 3, 2]);
});

test('an entry is forgotten when it was not used for as long as it is kept', () => {
  const { kept, clock } = opened(10, 1_000);
  kept.set('a', 1);
  clock.ms = 1_000;
  expect(kept.get('a')).toBe(1);
  clock.ms = 2_001;
  expect(kept.get('a')).toBeUndefined();
});

test('what is idle makes room before anything is crowded out', () => {
  const { kept, clock } = opened(10, 1_000);
  for (let at = 0; at < 8; at++) kept.set(`old${at}`, at);
  clock.ms = 5_000;
  kept.set('new', 1);
  expect(kept.size).toBe(1);
});
