import { describe, expect, test } from 'vitest';
import { Gate, gateLimits } from '../../worker/gate.ts';

const { runningPerJidMax, waitingPerJidMax, waitingMax } = gateLimits;

/** So much work of one asker, which ends when the test says so. */
function fill(gate: Gate, jid: string, count: number) {
  const held = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const done = Array.from({ length: count }, (_, at) =>
    gate.pass(jid, async () => {
      most = Math.max(most, ++running);
      await held.promise;
      running--;
      return at;
    }),
  );
  return { done, release: held.resolve, most: () => most };
}

describe('the gate', () => {
  test('lets few questions of one asker run, and the others in their order', async () => {
    const gate = new Gate();
    const { done, release, most } = fill(gate, 'a@x.test', 20);
    release();
    expect(await Promise.all(done)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most()).toBe(runningPerJidMax);
  });

  test('refuses what is too much of one asker, and nobody else', async () => {
    const gate = new Gate();
    const { done, release } = fill(gate, 'a@x.test', runningPerJidMax + waitingPerJidMax);
    expect(await gate.pass('a@x.test', async () => 'one more')).toBeNull();
    expect(await gate.pass('b@x.test', async () => 'another')).toBe('another');
    release();
    await Promise.all(done);
    expect(await gate.pass('a@x.test', async () => 'again')).toBe('again');
  });

  test('refuses what is too much of all', async () => {
    const gate = new Gate();
    const each = runningPerJidMax + waitingPerJidMax;
    const crowd = Array.from({ length: waitingMax / waitingPerJidMax }, (_, at) =>
      fill(gate, `a${at}@x.test`, each),
    );
    const late = fill(gate, 'late@x.test', runningPerJidMax);
    expect(await gate.pass('late@x.test', async () => 'one more')).toBeNull();
    for (const { release } of [...crowd, late]) release();
    await Promise.all([...crowd, late].flatMap(({ done }) => done));
    expect(await gate.pass('late@x.test', async () => 'again')).toBe('again');
  });

  test('goes on after work that failed', async () => {
    const gate = new Gate();
    const failing = Array.from({ length: 10 }, () =>
      gate.pass('a@x.test', async () => {
        throw new Error('failed');
      }),
    );
    expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(await gate.pass('a@x.test', async () => 'again')).toBe('again');
  });
});
