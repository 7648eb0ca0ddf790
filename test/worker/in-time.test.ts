import { expect, test } from 'vitest';
import { inTime } from '../../worker/in-time.ts';

test('work that is done in time is the answer, also where it fails', async () => {
  expect(await inTime(Promise.resolve('done'), () => 'late', 50)).toBe('done');
  await expect(inTime(Promise.reject(new Error('no')), () => 'late', 50)).rejects.toThrow('no');
});

test('work that takes too long is answered without it, and may fail unheard', async () => {
  const never = new Promise<string>((_, reject) => setTimeout(() => reject(new Error('at last')), 60));
  expect(await inTime(never, () => 'late', 20)).toBe('late');
  await new Promise((resolve) => setTimeout(resolve, 60));
});
