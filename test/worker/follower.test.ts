import { describe, expect, test } from 'vitest';
import { Follower, followerTimes } from '../../worker/follower.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function follower(take: () => Promise<boolean>, isUp = () => true) {
  const logged: string[] = [];
  const log = (_level: string, event: string) => void logged.push(event);
  return { logged, follower: new Follower({ name: 'x', take, isUp, log }) };
}

describe('a follower', () => {
  test('takes one batch after the other as long as there is more, then looks again after a while', async () => {
    let left = 3;
    let taken = 0;
    const { follower: one } = follower(async () => {
      taken++;
      return --left > 0;
    });
    one.start();
    await wait(200);
    expect(taken).toBe(3);
    await wait(followerTimes.pollMs);
    await one.stop();
    expect(taken).toBe(4);
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
    await wait(100);
    await one.stop();
    expect(taken).toBe(1);
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
    for (let at = 0; at < 3; at++) {
      await wait(50);
      one.wake();
    }
    expect(taken).toBeGreaterThan(1);
    expect(logged).toEqual(['follower-failed']);
    fails = false;
    await wait(50);
    one.wake();
    await wait(50);
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
    await wait(30);
    await one.stop();
    seen.push('stopped');
    await wait(100);
    expect(seen).toEqual(['begun', 'done', 'stopped']);
  });
});
