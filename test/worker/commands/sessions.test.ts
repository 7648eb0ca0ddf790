import { describe, expect, test } from 'vitest';
import { form } from '../../../protocol/data-form.ts';
import { sessionLimits } from '../../../worker/commands/sessions.ts';
import type { Stage } from '../../../worker/commands/step.ts';
import { begin, now, openDesk, order, refused, run } from '../../support/desk.ts';

describe('sessions', () => {
  test('end when they are left for too long', async () => {
    const desk = openDesk();
    const sid = await begin(desk);
    now.ms += sessionLimits.idleMs;
    await run(desk, { sid, action: 'next', values: {} });
    now.ms += sessionLimits.idleMs + 1;
    expect(await refused(desk, { sid, action: 'prev' })).toEqual([
      'cancel',
      'not-allowed',
      'session-expired',
    ]);
    expect(await refused(desk, { sid, action: 'prev' })).toEqual(['modify', 'bad-request', 'bad-sessionid']);
  });

  test('of one address are bounded: one more drops the one that is idle the longest', async () => {
    const desk = openDesk();
    const sids: string[] = [];
    for (let at = 0; at < sessionLimits.perJidMax; at++)
      sids.push(await begin(desk, `juliet@capulet.test/${at}`));
    const [oldest, second] = sids as [string, string];
    await run(desk, { sid: oldest, action: 'next', values: {}, from: 'juliet@capulet.test/0' });
    await begin(desk);
    expect(desk.sessions).toBe(sessionLimits.perJidMax);
    expect(await refused(desk, { sid: second, from: 'juliet@capulet.test/1', action: 'cancel' })).toContain(
      'bad-sessionid',
    );
    expect((await run(desk, { sid: oldest, from: 'juliet@capulet.test/0', action: 'cancel' })).status).toBe(
      'canceled',
    );
  });

  test('of all together are bounded, also against thousands', async () => {
    const desk = openDesk([order], { ...sessionLimits, sessionsMax: 100 });
    const first = await begin(desk, 'a@b.test/c');
    for (let at = 0; at < 3_000; at++) await begin(desk, `n${at}@flood.test/x`);
    expect(desk.sessions).toBe(100);
    expect(await refused(desk, { sid: first, from: 'a@b.test/c', action: 'cancel' })).toContain(
      'bad-sessionid',
    );
  });

  test('remember a bounded number of stages on the way back', async () => {
    const endless = (number: number): Stage => ({
      form: form('result', [], `Page ${number}`),
      actions: ['next'],
      submit: async () => endless(number + 1),
    });
    const desk = openDesk([{ ...order, start: async () => endless(0) }]);
    const sid = await begin(desk);
    for (let at = 0; at < 100; at++) await run(desk, { sid, action: 'next' });
    for (let at = 0; at < sessionLimits.stagesMax - 1; at++) await run(desk, { sid, action: 'prev' });
    expect(await refused(desk, { sid, action: 'prev' })).toContain('bad-action');
  });
});
