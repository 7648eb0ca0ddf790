import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { notePresence, onlineResources } from '../../db/consent.ts';
import { NS_DISCO_INFO, NS_PING } from '../../protocol/namespaces.ts';
import type { Condition } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { IqOutcome } from '../../worker/iq-caller.ts';
import { Pace } from '../../worker/pace.ts';
import type { Ask } from '../../worker/ping.ts';
import { Pulse } from '../../worker/pulse.ts';
import { forgetAgents, ownDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { writeAgents } from '../support/listings.ts';
import { observedOf } from '../support/observed.ts';

const database = ownDatabase();
beforeEach(() => forgetAgents(database.db));

const periodMs = 100;
const pong: IqOutcome = { kind: 'result', payload: null };
const timeout: IqOutcome = { kind: 'timeout' };
const refusal = (condition: Condition): IqOutcome => ({
  kind: 'error',
  error: { type: 'cancel', condition, text: null },
});
const isPing = (payload: Element) => payload.is('ping', NS_PING);

type Answer = (to: string | null, payload: Element) => IqOutcome | Promise<IqOutcome>;

/** A pulse whose questions are answered by the test; agents are online unless it is said otherwise. */
async function run(jids: string[], answer: Answer, { online = true, held = false, up = true } = {}) {
  await writeAgents(database.db, jids);
  if (online)
    await notePresence(
      database.db,
      jids.map((jid) => ({ jid, resource: 'r', state: 'on' })),
    );
  const asked: (string | null)[] = [];
  const sent: Element[] = [];
  const ask: Ask = async (to, _type, payload) => {
    asked.push(to);
    return answer(to, payload);
  };
  const errors: unknown[] = [];
  const pulse = new Pulse({
    db: database.db,
    ask,
    pace: new Pace(8),
    send: (stanza) => void sent.push(stanza),
    isOnline: () => up,
    periodMs,
    log: (level, event, details) => level === 'error' && errors.push([event, details]),
  });
  if (!held) pulse.hold()();
  pulse.start();
  onTestFinished(async () => {
    await pulse.stop();
    expect(errors).toEqual([]);
  });
  return { pulse, asked, sent };
}

const observed = (jid: string) => observedOf(database.db, jid);

const a = 'a@x.test';

describe('the pulse observes nothing', () => {
  test('without a session', async () => {
    const { asked } = await run([a], () => pong, { up: false });
    await wait(5 * periodMs);
    expect(asked).toEqual([]);
    expect(await observed(a)).toEqual({ good: 0, bad: 0 });
  });

  test('before a fresh session has heard who is online, nor of who is offline', async () => {
    const { pulse } = await run([a], () => pong, { held: true, online: false });
    const [first, second] = [pulse.hold(), pulse.hold()];
    first();
    await wait(5 * periodMs);
    expect(await observed(a)).toEqual({ good: 0, bad: 0 });
    second();
    await until('it is observed', async () => (await observed(a)).bad > 0);
  });

  test('when our own server is silent too', async () => {
    const { asked } = await run([a], () => timeout);
    await until('it was asked', async () => asked.filter((to) => to === null).length > 5);
    expect(await observed(a)).toEqual({ good: 0, bad: 0 });
    expect(await onlineResources(database.db, a)).toHaveLength(1);
  });

  test('when the session ends while the question is under way', async () => {
    const { asked } = await run([a], () => ({ kind: 'offline' }));
    await until('it was asked', async () => asked.length > 5);
    expect(await observed(a)).toEqual({ good: 0, bad: 0 });
  });
});

describe('an agent', () => {
  test.each<[string, Answer]>([
    ['answers', () => pong],
    ['knows no pings', () => refusal('feature-not-implemented')],
    ['forbids them', () => refusal('forbidden')],
    [
      'knows no pings and says so as a server would, but describes itself',
      (_to, payload) =>
        isPing(payload)
          ? refusal('service-unavailable')
          : { kind: 'result', payload: xml('query', { xmlns: NS_DISCO_INFO }, xml('feature', { var: 'x' })) },
    ],
  ])('that %s is reachable, and nobody is asked for its presence', async (_what, answer) => {
    const { asked, sent } = await run([a], answer);
    await until('it is observed', async () => (await observed(a)).good > 3);
    expect((await observed(a)).bad).toBe(0);
    expect(new Set(asked)).toEqual(new Set([`${a}/r`]));
    expect(sent).toEqual([]);
  });

  test('for which only its server may have answered has its presence asked for', async () => {
    const { sent } = await run([a], () => refusal('service-unavailable'));
    await until('it is observed', async () => (await observed(a)).good > 0);
    expect(sent[0]?.attrs).toMatchObject({ to: a, type: 'probe' });
  });

  test.each<[string, IqOutcome]>([
    ['is silent', timeout],
    ['has a server that cannot be reached', refusal('remote-server-not-found')],
  ])('that %s is taken for offline after some pings, and asked ever less often', async (_what, outcome) => {
    const { asked } = await run([a], (to) => (to === null ? pong : outcome));
    await until('it is offline', async () => (await onlineResources(database.db, a)).length === 0);
    const { bad } = await observed(a);
    expect(bad).toBeGreaterThanOrEqual(2);
    await until('it is observed on', async () => (await observed(a)).bad > 20);
    expect((await observed(a)).good).toBe(0);
    const pings = asked.filter((to) => to !== null).length;
    expect(pings).toBeGreaterThan(3);
    expect(pings).toBeLessThan(9);
  });

  test('that was doubted and answers again has its presence asked for', async () => {
    let outcome: IqOutcome = timeout;
    const { sent } = await run([a], (to) => (to === null ? pong : outcome));
    await until('it is offline', async () => (await onlineResources(database.db, a)).length === 0);
    expect(sent).toEqual([]);
    outcome = pong;
    await until('its server is asked', async () => sent.length > 0);
    expect(sent[0]?.attrs).toMatchObject({ to: a, type: 'probe' });
  });

  test('that was doubted, and for which then its server may have answered, is asked on', async () => {
    let outcome: IqOutcome = timeout;
    const { sent, asked } = await run([a], (to) => (to === null ? pong : outcome));
    await until('it is offline', async () => (await onlineResources(database.db, a)).length === 0);
    outcome = refusal('service-unavailable');
    const before = asked.length;
    await until('it is asked', async () => asked.length > before + 2);
    expect(sent).toEqual([]);
    outcome = pong;
    await until('its server is asked', async () => sent.length > 0);
  });

  test('that is offline is not asked, and counts as not reachable', async () => {
    const { asked } = await run([a], () => pong, { online: false });
    await until('it is observed', async () => (await observed(a)).bad > 3);
    expect(asked).toEqual([]);
  });

  test('that is no account is asked itself, and online as long as it answers', async () => {
    let outcome: IqOutcome = pong;
    const { asked } = await run(['c.test'], (to) => (to === null ? pong : outcome), { online: false });
    await until('it is online', async () => (await onlineResources(database.db, 'c.test')).length === 1);
    expect(new Set(asked)).toEqual(new Set(['c.test']));
    outcome = timeout;
    await until('it is offline', async () => (await onlineResources(database.db, 'c.test')).length === 0);
  });

  test('that is reachable by one of its resources is reachable', async () => {
    await run([a], (to) => (to === `${a}/dead` ? timeout : pong));
    await notePresence(database.db, [{ jid: a, resource: 'dead', state: 'on' }]);
    await until('the dead one is gone', async () => (await onlineResources(database.db, a)).length === 1);
    await until('the other answers on', async () => (await observed(a)).good > 2);
    expect((await observed(a)).bad).toBe(0);
  });
});

test('a domain that is silent holds up no other', async () => {
  const silent = Array.from({ length: 150 }, (_, at) => `z${at}@slow.test`);
  const slow = new AbortController();
  onTestFinished(() => slow.abort());
  await run([...silent, a], async (to) => {
    if (to?.endsWith('@slow.test/r'))
      await wait(60_000, undefined, { signal: slow.signal }).catch(() => undefined);
    return pong;
  });
  await until('the other is observed again and again', async () => (await observed(a)).good > 5);
});
