import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { alone } from '../../scripts/stack/machine-lock.ts';

// Only Linux has abstract sockets, and only there is the lock used.
test.runIf(process.platform === 'linux')(
  'work under one lock is done one after the other, also where some of it fails',
  async () => {
    const done: string[] = [];
    const work = (name: string) =>
      alone(`test-${process.pid}`, async () => {
        done.push(`${name} begins`);
        await wait(50);
        done.push(`${name} ends`);
        if (name === 'b') throw new Error('b failed');
      });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(work));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    for (let at = 0; at < done.length; at += 2) {
      expect(done[at + 1]).toBe(done[at]?.replace('begins', 'ends'));
    }
    expect(done).toHaveLength(6);
  },
);
