import { expect, test } from 'vitest';
import { roundRobin } from '../../scripts/specialists/skills/round-robin.ts';
import { run } from './run.ts';

test('three people take three rounds, each of them free once', async () => {
  expect(await run(roundRobin, { names: ['Ann', 'Bob', 'Cat'] })).toEqual({
    rounds: '3',
    meetings: '3',
    round_1: 'Ann is free\nBob – Cat',
    round_2: 'Ann – Bob\nCat is free',
    round_3: 'Ann – Cat\nBob is free',
  });
});

test.each([2, 5, 8, 31, 32])(
  'of %i everybody meets everybody once, and nobody twice in a round',
  async (count) => {
    const names = Array.from({ length: count }, (_, at) => `n${at}`);
    const results = await run(roundRobin, { names, separator: 'v' });
    const rounds = Object.entries(results).flatMap(([name, text]) =>
      name.startsWith('round_') ? [text.split('\n').filter((row) => row.includes(' v '))] : [],
    );
    for (const round of rounds) {
      const busy = round.flatMap((row) => row.split(' v '));
      expect(new Set(busy).size).toBe(busy.length);
    }
    const pairs = rounds.flat().map((row) => row.split(' v ').sort().join());
    expect(new Set(pairs).size).toBe((count * (count - 1)) / 2);
    expect(pairs).toHaveLength(Number(results.meetings));
  },
);

test('a second time the sides change', async () => {
  expect(await run(roundRobin, { names: ['a', 'b'], twice: 'true' })).toMatchObject({
    rounds: '2',
    round_1: 'a – b',
    round_2: 'b – a',
  });
});

test.each([
  [['alone'], 'from 2 to 32'],
  [['a', 'b', 'a'], '"a" is there twice'],
  [['a', 'b'.repeat(41)], 'at most 40 characters'],
])('refuses %j', async (names, message) => {
  await expect(run(roundRobin, { names })).rejects.toThrow(message);
});
