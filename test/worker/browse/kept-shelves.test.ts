import { expect, test } from 'vitest';
import type { Shelves } from '../../../operations/browse.ts';
import { KeptShelves, keepLimits } from '../../../worker/browse/kept-shelves.ts';

const { keptMinMs, keptPerReading } = keepLimits;
const none = new Map<string, number>();
const shelves = (agents: number): Shelves => ({
  tag: none,
  category: none,
  domain: none,
  accepts: none,
  agents,
});

test('shelves are counted once for all who ask, until they are old', async () => {
  let [reads, now] = [0, 0];
  const kept = new KeptShelves(
    async () => shelves(++reads),
    () => now,
  );
  const asked = await Promise.all([kept.get(), kept.get()]);
  expect(asked.map(({ agents }) => agents)).toEqual([1, 1]);
  now = keptMinMs - 1;
  expect((await kept.get()).agents).toBe(1);
  now = keptMinMs;
  expect((await kept.get()).agents).toBe(2);
});

test('what takes long to count is kept the longer', async () => {
  let [reads, now] = [0, 0];
  const kept = new KeptShelves(
    async () => {
      now += 10_000;
      return shelves(++reads);
    },
    () => now,
  );
  await kept.get();
  now = 10_000 * (keptPerReading + 1) - 1;
  expect((await kept.get()).agents).toBe(1);
  now++;
  expect((await kept.get()).agents).toBe(2);
});

test('a count that fails is not kept', async () => {
  let reads = 0;
  const kept = new KeptShelves(async () => {
    if (++reads === 1) throw new Error('away');
    return shelves(reads);
  });
  await expect(kept.get()).rejects.toThrow('away');
  expect((await kept.get()).agents).toBe(2);
});
