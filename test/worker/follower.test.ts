import { describe, expect, test, vi } from 'vitest';
import { Follower, followerTimes } from '../../worker/follower.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

function follower(take: () => Promise<boolean>, isUp = () => true) {
  const logged: string[] = [];
  const log = (_level: string, event: string) => void logged.push(event);
  return { logged, follower: new Follower({ name: 'x', take, isUp, log }) };
}

describe('a follower', () => {
  test('takes one batch after the other as long as there is more, then looks again after a while', async () => {
    let left = 3;
    let taken = 0;
    const takenAt: number[] = [];
    const { follower: one } = follower(async () => {
      takenAt[taken++] = performance.now();
      return --left > 0;
    });
    one.start();
    await soon(() => expect(taken).toBe(4));
    await one.stop();
    const [, second = 0, third = 0, fourth = 0] = takenAt;
    expect(fourth - third).toBeGreaterThan(0.9 * followerTimes.pollMs);
    expect(third - second).toBeLessThan(fourth - third);
  });

  test('takes nothing while the session is down, and at once when it is woken', async () => {
    let isUp = false;
    let taken = 0;
    const { follower: one } = follower(
      async () => {
        taken++;
        return false;
      },
      () => isUp,
    );
    one.start();
    await wait(100);
    expect(taken).toBe(0);
    isUp = true;
    one.wake();
    await soon(() => expect(taken).toBe(1));
    await one.stop();
  });

  test('says once that it fails, and goes on', async () => {
    let fails = true;
    let taken = 0;
    const { follower: one, logged } = follower(async () => {
      taken++;
      if (fails) throw new Error('no');
      return false;
    });
    one.start();
    await soon(() => {
      one.wake();
      expect(taken).toBeGreaterThan(2);
    });
    expect(logged).toEqual(['follower-failed']);
    fails = false;
    const before = taken;
    await soon(() => {
      one.wake();
      expect(taken).toBeGreaterThan(before);
    });
    await one.stop();
    expect(logged).toEqual(['follower-failed']);
  });

  test('ends when the batch that is under way is done, and takes no other', async () => {
    const seen: string[] = [];
    const { follower: one } = follower(async () => {
      seen.push('begun');
      await wait(80);
      seen.push('done');
      return true;
    });
    one.start();
    await soon(() => expect(seen).toEqual(['begun']));
    await one.stop();
    seen.push('stopped');
    await wait(100);
    expect(seen).toEqual(['begun', 'done', 'stopped']);
  });
});
