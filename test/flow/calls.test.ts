import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import { withdrawRegistration } from '../../db/registrations.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { showContract } from '../../operations/contracts/show.ts';
import { writeCommandResponse } from '../../protocol/commands.ts';
import { form, formValue } from '../../protocol/data-form.ts';
import { readOnBehalfOf } from '../../protocol/dialects/on-behalf-of.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { xml } from '../../protocol/xml.ts';
import { lineLimits } from '../../worker/jobs/line.ts';
import { startAgent } from '../support/agent.ts';
import { type Answer, amountForm, callsThrough, number, sumForm } from '../support/calls.ts';
import {
  createDirectory,
  runWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { textField } from '../support/fields.ts';

let directory: TestDirectory;
let worker: TestWorker;
const { deps, specialist, call, settled } = callsThrough(() => directory);
// The agents list nothing by themselves: what the tests write of them is to stay.
const limits = { callTimeoutMs: 1_500, absenceMs: 600_000 };

beforeAll(async () => {
  directory = await createDirectory();
  worker = await runWorker(directory, { limits });
  await until('the directory is online', async () => worker.session.ready);
});

describe('a call', () => {
  test('is made for its client, and its result typed and kept', async () => {
    const { agent, asked, elements } = await specialist((request) =>
      request.action === 'execute'
        ? { status: 'executing', form: amountForm, actions: ['complete'] }
        : { form: sumForm(String(Number(formValue(request.form ?? amountForm, 'amount')) * 2)) },
    );
    const made = await call(agent);
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { sum: 6 } } });
    expect(asked.map(({ action, sessionId }) => [action, sessionId])).toEqual([
      ['execute', null],
      ['complete', 's1'],
    ]);
    for (const element of elements)
      expect(readOnBehalfOf(element)).toEqual({ jid: made.who.jid, contract: made.id });
  });

  test('of several stages is answered from the input as far as it goes, and asks for the rest', async () => {
    const { agent, asked } = await specialist((request, at) => {
      if (at === 0) return { status: 'executing', form: amountForm, actions: ['next'] };
      if (at === 1)
        return {
          status: 'executing',
          form: {
            ...form('form', [textField('day', { required: true })], 'Which day?'),
            instructions: 'Any.',
          },
          actions: ['complete'],
        };
      return {
        form: form('result', [
          { ...textField('said'), values: [formValue(request.form ?? amountForm, 'day') ?? ''] },
        ]),
      };
    });
    const made = await call(agent);
    expect(await settled(made)).toMatchObject({
      state: 'input-required',
      ask: { title: 'Which day?', text: 'Any.', missing: ['day'] },
    });
    const given = { move: 'input' as const, data: { input: { day: 'Monday' } } };
    expect(await moveOwn(deps(), made.who, made.id, given, null)).toMatchObject({ state: 'working' });
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { said: 'Monday' } } });
    expect(asked.map(({ action, sessionId }) => [action, sessionId])).toEqual([
      ['execute', null],
      ['next', 's1'],
      ['complete', 's1'],
    ]);
  });

  test('whose stage the agent does not take goes back to the client with what it notes', async () => {
    const { agent } = await specialist((_request, at) =>
      at < 2
        ? {
            status: 'executing',
            form: amountForm,
            actions: ['complete'],
            notes: at === 0 ? [] : [{ type: 'error', text: 'Too little.' }],
          }
        : { form: sumForm('1') },
    );
    const made = await call(agent);
    expect(await settled(made)).toMatchObject({ state: 'input-required', ask: { text: 'Too little.' } });
    const given = { move: 'input' as const, data: { input: { amount: 30 } } };
    await moveOwn(deps(), made.who, made.id, given, null);
    expect(await settled(made)).toMatchObject({ state: 'completed' });
  });

  test('whose session the agent silently begins anew is answered once more', async () => {
    const { agent, asked } = await specialist((_request, at) =>
      at < 2
        ? { status: 'executing', sessionId: `s${at}`, form: amountForm, actions: ['complete'] }
        : { sessionId: 's1', form: sumForm('1') },
    );
    expect(await settled(await call(agent))).toMatchObject({ state: 'completed' });
    expect(asked.map(({ sessionId }) => sessionId)).toEqual([null, 's0', 's1']);
  });

  test('of an agent that begins its session anew again and again fails', async () => {
    const { agent } = await specialist((_request, at) => ({
      ...{ status: 'executing', sessionId: `s${at}`, form: amountForm, actions: ['complete'] },
    }));
    expect(await settled(await call(agent))).toMatchObject({ state: 'failed', fault: 'provider' });
  });

  test.each<[what: string, answer: Answer, expected: object]>([
    [
      'refuses',
      writeStanzaError({ type: 'auth', condition: 'forbidden', text: 'Not you.' }),
      { state: 'declined', reason: 'The agent answers forbidden: Not you.' },
    ],
    [
      'does not know the command',
      writeStanzaError({ type: 'cancel', condition: 'item-not-found', text: null }),
      { state: 'failed', fault: 'provider' },
    ],
    [
      'notes an error in place of a result',
      { notes: [{ type: 'error', text: 'Out of ink.' }] },
      { state: 'failed', reason: 'Out of ink.', fault: 'provider' },
    ],
    ['ends the session', { status: 'canceled' }, { state: 'failed', fault: 'provider' }],
    ['says nothing', 'silence', { state: 'unknown', reason: 'The agent did not answer in time.' }],
    ['says something else', xml('x', { xmlns: 'urn:x' }), { state: 'unknown' }],
    ['answers for another command', { node: 'other' }, { state: 'unknown' }],
    ...(['recipient-unavailable', 'service-unavailable', 'remote-server-timeout'] as const).map(
      (condition): [string, Answer, object] => [
        `or a server answers ${condition} after it was sent`,
        writeStanzaError({ type: 'cancel', condition, text: null }),
        { state: 'unknown', reason: `Whether it reached the agent is not known: ${condition}.` },
      ],
    ),
    ['has no result', {}, { state: 'completed', result: { values: null } }],
  ])('to which the agent %s', async (_what, answer, expected) => {
    const { agent, asked } = await specialist(() => answer);
    expect(await settled(await call(agent))).toMatchObject(expected);
    expect(asked).toHaveLength(1);
  });

  test('whose agent answers too late stays unknown, and one that is answered twice is as it was first', async () => {
    const late = await specialist(async () => {
      await wait(limits.callTimeoutMs + 500);
      return { form: sumForm('9') };
    });
    const twice = await specialist((request) => {
      const { from, id } = twice.elements.at(-1)?.parent?.attrs ?? {};
      const other = { ...request, sessionId: 's1', status: 'completed' as const, actions: [], notes: [] };
      const again = writeCommandResponse({ ...other, form: sumForm('2') });
      setTimeout(() => twice.agent.send(xml('iq', { type: 'result', to: from, id }, again)), 100);
      return { form: sumForm('1') };
    });
    const [lost, done] = [await call(late.agent), await call(twice.agent)];
    expect(await settled(done)).toMatchObject({ state: 'completed', result: { values: { sum: 1 } } });
    expect(await settled(lost)).toMatchObject({ state: 'unknown' });
    await wait(1_500);
    expect(await settled(lost)).toMatchObject({ state: 'unknown', result: null, version: 3 });
    expect(await settled(done)).toMatchObject({ result: { values: { sum: 1 } }, version: 3 });
  });

  test('whose result has media beside its values gives them typed', async () => {
    const chart = {
      ...textField('chart'),
      values: ['a chart'],
      media: [
        { type: 'image/png', uri: 'https://fx.example/chart.png' },
        { type: 'text/html', uri: 'javascript:alert(1)' },
      ],
    };
    const { agent } = await specialist(() => ({ form: form('result', [chart]) }));
    expect((await settled(await call(agent))).result).toMatchObject({
      values: { chart: 'a chart' },
      media: [{ type: 'image/png', url: 'https://fx.example/chart.png' }],
    });
  });

  test('of an agent that has gone fails, and is nobody’s doing', async () => {
    const { agent } = await specialist(() => ({}));
    await agent.stop();
    expect(await settled(await call(agent))).toMatchObject({ state: 'failed', fault: 'nobody' });
  });

  test('of an agent that goes while its client is asked fails, and is nobody’s doing', async () => {
    const { agent, asked } = await specialist(() => ({
      ...{ status: 'executing', form: form('form', [number('more')]), actions: ['complete'] },
    }));
    const other = await specialist(() => ({}));
    const made = await call(agent);
    await settled(made);
    await agent.stop();
    // What bounces is what says that it has gone.
    const lost = await settled(await call(agent));
    expect(lost).toMatchObject({ state: 'unknown' });
    await moveOwn(deps(), made.who, made.id, { move: 'input', data: { input: { more: 1 } } }, null);
    expect(await settled(made)).toMatchObject({ state: 'failed', fault: 'nobody' });
    expect(await settled(await call(agent))).toMatchObject({ state: 'failed', fault: 'nobody' });
    expect(await settled(await call(other.agent))).toMatchObject({ state: 'completed' });
    expect(asked).toHaveLength(1);
  });

  test('that the agent had when its connection ended is unknown, whatever its server says of it', async () => {
    const { agent, asked } = await specialist(async (_request, at) => {
      if (at === 0) return { form: sumForm('1') };
      // It has done what it was asked to, and is gone before it can say so.
      await agent.stop();
      return 'silence';
    });
    expect(await settled(await call(agent))).toMatchObject({ state: 'completed' });
    expect(await settled(await call(agent))).toMatchObject({ state: 'unknown' });
    expect(asked).toHaveLength(2);
  });

  test('that is cancelled while the agent waits ends its session', async () => {
    const { agent, asked } = await specialist(() => ({
      ...{ status: 'executing', form: form('form', [number('more')]), actions: ['complete'] },
    }));
    const made = await call(agent);
    await settled(made);
    await moveOwn(deps(), made.who, made.id, { move: 'cancel', data: {} }, null);
    await until('the session is cancelled', async () => asked.at(-1)?.action === 'cancel');
    expect(asked.at(-1)).toMatchObject({ action: 'cancel', sessionId: 's1' });
    expect(await settled(made)).toMatchObject({ state: 'cancelled' });
  });

  test('whose client lets the time run out ends its session', async () => {
    const { agent, asked } = await specialist(() => ({
      ...{ status: 'executing', form: form('form', [number('more')]), actions: ['complete'] },
    }));
    const made = await call(agent);
    await settled(made);
    await directory.db.execute(
      sql`update contract set since = now() - interval '1 day', due = now() where id = ${made.id}`,
    );
    await until('the session is cancelled', async () => asked.at(-1)?.action === 'cancel');
    expect(await settled(made)).toMatchObject({ state: 'expired' });
  });

  test('that is cancelled while the agent works stays cancelled, whatever it answers', async () => {
    let answerNow: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    const { agent, asked } = await specialist(async () => {
      await held;
      return { form: sumForm('1') };
    });
    const made = await call(agent);
    await until('the agent was asked', async () => asked.length > 0);
    await moveOwn(deps(), made.who, made.id, { move: 'cancel', data: {} }, null);
    answerNow();
    await until('nothing more happens', async () => asked.length === 1);
    expect(await settled(made)).toMatchObject({ state: 'cancelled', result: null });
  });

  test.each([
    ['is cancelled while the agent works on a later stage', true, 'cancelled'],
    ['gets no answer to a later stage', false, 'unknown'],
  ])('that %s has the agent told', async (_what, isCancelled, state) => {
    const { agent, asked } = await specialist(async ({ action }) => {
      if (action === 'complete') await wait(3_000);
      return action === 'execute'
        ? { status: 'executing', form: amountForm, actions: ['complete'] }
        : { form: sumForm('1') };
    });
    const made = await call(agent);
    await until('the later stage goes out', async () => asked.at(-1)?.action === 'complete');
    if (isCancelled) await moveOwn(deps(), made.who, made.id, { move: 'cancel', data: {} }, null);
    await until('the session is cancelled', async () => asked.at(-1)?.action === 'cancel');
    expect(asked.at(-1)).toMatchObject({ sessionId: 's1' });
    expect(await settled(made)).toMatchObject({ state, result: null });
  });

  test('of an agent that withdraws its permission while it is under way goes no further', async () => {
    const { agent, asked } = await specialist(async (_request, at) => {
      if (at === 0) await withdrawRegistration(directory.db, agent.jid);
      return { status: 'executing', form: amountForm, actions: ['complete'] };
    });
    expect(await settled(await call(agent))).toMatchObject({ state: 'failed', fault: 'provider' });
    await until('the session is cancelled', async () => asked.at(-1)?.action === 'cancel');
    expect(asked.map(({ action }) => action)).toEqual(['execute', 'cancel']);
  });

  test('tells its client by message how it ended', async () => {
    const { agent } = await specialist(() => ({ form: sumForm('1') }));
    const own = await startAgent({ directory: directory.jid, subscribe: false });
    const heard: string[] = [];
    const ann = { jid: own.jid, domain: 'agents.test' };
    own.onMessage = (stanza) => void heard.push(stanza.getChildText('body') ?? '');
    const made = await call(agent, ann);
    const [said] = await until('the client hears of it', async () => (heard.length > 0 ? heard : null));
    expect(said).toContain(`Contract ${made.id} with ${agent.jid}`);
    expect(said).toContain('completed');
  });
});

describe('a slow agent', () => {
  test('is asked by few at once, and holds up nobody else', async () => {
    const { callsPerAgentMax } = lineLimits;
    let [under, most] = [0, 0];
    const slow = await specialist(async () => {
      most = Math.max(most, ++under);
      await wait(700);
      under--;
      return { form: sumForm('1') };
    });
    const quick = await specialist(() => ({ form: sumForm('1') }));
    const slowCalls = await Promise.all(Array.from({ length: callsPerAgentMax + 8 }, () => call(slow.agent)));
    await until('it is asked', async () => under > 0);
    expect(await settled(await call(quick.agent))).toMatchObject({ state: 'completed' });
    expect(under).toBeGreaterThan(0);
    const ends = await Promise.all(slowCalls.map(settled));
    expect(new Set(ends.map(({ state }) => state))).toEqual(new Set(['completed']));
    expect([most, slow.asked.length]).toEqual([callsPerAgentMax, callsPerAgentMax + 8]);
  });
});

describe('a worker that is gone', () => {
  test('leaves a call that had gone out unknown, and one that had not to the next; none is made twice', async () => {
    const { agent, asked } = await specialist((_request, at) =>
      at === 0 ? 'silence' : { form: sumForm('1') },
    );
    const sent = await call(agent);
    await until('the agent was asked', async () => asked.length === 1);
    await worker.stop();
    const waiting = await call(agent);
    expect((await contractToCarryOn(directory.db, waiting.id))?.contract.state).toBe('accepted');
    worker = await runWorker(directory, { limits });
    expect(await settled(waiting)).toMatchObject({ state: 'completed' });
    expect(await settled(sent)).toMatchObject({ state: 'unknown' });
    expect(asked).toHaveLength(2);
    const shown = await showContract(deps(), sent.who, sent.id);
    expect(shown).toMatchObject({ moves: ['complete', 'dispute'] });
  });
});
