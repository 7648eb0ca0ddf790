import { describe, expect, test } from 'vitest';
import { form, writeForm } from '../../../protocol/data-form.ts';
import { formatJid, parseJid } from '../../../protocol/jid.ts';
import { NS_COMMANDS } from '../../../protocol/namespaces.ts';
import { deskLimits } from '../../../worker/commands/desk.ts';
import { table } from '../../../worker/commands/fields.ts';
import type { Stage, Step } from '../../../worker/commands/step.ts';
import {
  type Asked,
  begin,
  done,
  faults,
  juliet,
  openDesk,
  order,
  refused,
  run,
  said,
  second,
  send,
} from '../../support/desk.ts';
import { parseXml } from '../../support/xml.ts';

describe('a command', () => {
  test('leads from stage to stage, back, and to its outcome', async () => {
    const desk = openDesk();
    const first = await run(desk, {});
    expect(first).toMatchObject({ status: 'executing', actions: ['next', 'complete'], execute: 'next' });
    const sid = first.sessionId as string;
    const next = await run(desk, { sid, action: 'next', values: { count: '3', size: 'l' } });
    expect(next).toMatchObject({
      sessionId: sid,
      actions: ['prev', 'complete'],
      execute: 'complete',
      notes: [{ type: 'info', text: '3 l for juliet@capulet.test' }],
    });
    const back = await run(desk, { sid, action: 'prev' });
    expect(back).toMatchObject({ status: 'executing', actions: ['next', 'complete'] });
    expect(back.form?.fields.map((shown) => shown.values)).toEqual([['3'], ['l']]);
    await run(desk, { sid, action: 'next', values: { count: '4' } });
    const end = await run(desk, { sid, action: 'complete', values: { name: 'Nurse' } });
    expect([end.status, end.actions, said(end.form)]).toEqual([
      'completed',
      [],
      '4 l for juliet@capulet.test: Nurse',
    ]);
    expect(desk.sessions).toBe(0);
  });

  test('takes execute for the default of what it offered', async () => {
    const desk = openDesk();
    const sid = await begin(desk);
    expect((await run(desk, { sid, action: 'execute', values: {} })).form?.title).toBe('Name');
    expect((await run(desk, { sid, values: { name: 'Nurse' } })).status).toBe('completed');
  });

  test('is cancelled by the action, and by a form of that type', async () => {
    const desk = openDesk();
    expect((await run(desk, { sid: await begin(desk), action: 'cancel' })).status).toBe('canceled');
    const sid = await begin(desk);
    const cancelled = await send(desk, { sid, action: 'next' }, writeForm(form('cancel', [])));
    expect(cancelled.attrs.status).toBe('canceled');
    expect(desk.sessions).toBe(0);
  });

  test('shows a stage again with what is wrong by the name of the field, and what was filled in', async () => {
    const desk = openDesk();
    const sid = await begin(desk);
    const again = await run(desk, { sid, action: 'next', values: { count: '99', size: 'xl' } });
    expect(again).toMatchObject({
      status: 'executing',
      notes: [
        { type: 'error', text: 'count: expected a whole number from 1 to 12' },
        { type: 'error', text: 'size: expected one of the options' },
      ],
    });
    expect(again.form?.fields.map((shown) => shown.values)).toEqual([['99'], ['xl']]);
  });

  test('translates its problems: to be mended, to be tried again, or final', async () => {
    const desk = openDesk();
    const sid = await begin(desk);
    await run(desk, { sid, action: 'next', values: {} });
    const submit = (name: string): Asked => ({ sid, action: 'complete', values: { name } });
    expect((await run(desk, submit('mend'))).notes[0]).toEqual({
      type: 'error',
      text: 'name: expected another',
    });
    expect(await refused(desk, submit('wait'))).toEqual(['wait', 'resource-constraint', undefined]);
    expect(await refused(desk, submit('throw'))).toEqual(['wait', 'internal-server-error', undefined]);
    expect(faults.pop()).toMatchObject({ message: 'secret' });
    expect(await refused(desk, submit('stop'))).toEqual(['auth', 'registration-required', undefined]);
    expect(await refused(desk, submit('late'))).toEqual(['modify', 'bad-request', 'bad-sessionid']);
  });

  test('that shows a table page by page takes no form', async () => {
    const page = (number: number): Step =>
      number > 3
        ? { result: null, notes: [] }
        : {
            form: table(`Page ${number}`, [{ name: 'a', label: 'A' }], [['1']]),
            actions: ['next'],
            submit: async () => page(number + 1),
          };
    const desk = openDesk([{ node: 'pages', name: 'Pages', start: async () => page(1) }]);
    const { sessionId: sid, form: first } = await run(desk, { node: 'pages' });
    expect(first?.items[0]?.[0]?.values).toEqual(['1']);
    expect((await run(desk, { node: 'pages', sid, action: 'next' })).form?.title).toBe('Page 2');
    expect((await run(desk, { node: 'pages', sid, action: 'prev' })).form?.title).toBe('Page 1');
  });
});

describe('a request is refused', () => {
  test.each<[string, (sid: string) => Asked, (string | undefined)[]]>([
    ['for an unknown node', () => ({ node: 'nothing' }), ['cancel', 'item-not-found', undefined]],
    [
      'for an unknown action',
      (sid) => ({ sid, action: 'dance' }),
      ['modify', 'bad-request', 'malformed-action'],
    ],
    [
      'for the way back from the first stage',
      (sid) => ({ sid, action: 'prev' }),
      ['modify', 'bad-request', 'bad-action'],
    ],
    ['without the form', (sid) => ({ sid, action: 'next' }), ['modify', 'bad-request', 'bad-payload']],
    [
      'for a session that is none',
      () => ({ sid: 'x', action: 'next' }),
      ['modify', 'bad-request', 'bad-sessionid'],
    ],
    [
      'for a step without a session',
      () => ({ action: 'complete' }),
      ['modify', 'bad-request', 'bad-sessionid'],
    ],
    [
      'for a session of another node',
      (sid) => ({ sid, node: 'other' }),
      ['modify', 'bad-request', 'bad-sessionid'],
    ],
    [
      "for somebody else's session",
      (sid) => ({ sid, action: 'cancel', from: 'tybalt@capulet.test/x' }),
      ['modify', 'bad-request', 'bad-sessionid'],
    ],
    [
      "for the session of one's other resource",
      (sid) => ({ sid, action: 'cancel', from: 'juliet@capulet.test/chamber' }),
      ['modify', 'bad-request', 'bad-sessionid'],
    ],
    ['where the command is not offered', () => ({ from: 'a@shut.test/x' }), ['auth', 'forbidden', undefined]],
  ])('%s', async (_why, asked, expected) => {
    const desk = openDesk([order, { ...order, node: 'other' }]);
    expect(await refused(desk, asked(await begin(desk)))).toEqual(expected);
  });

  test('for a form that cannot be read', async () => {
    const desk = openDesk();
    const broken = parseXml("<x xmlns='jabber:x:data' type='surprise'/>");
    expect(await refused(desk, { sid: await begin(desk), action: 'next' }, broken)).toEqual([
      'modify',
      'bad-request',
      'bad-payload',
    ]);
  });

  test('for an action that the stage does not offer', async () => {
    const desk = openDesk();
    const sid = await begin(desk);
    await run(desk, { sid, action: 'next', values: {} });
    expect(await refused(desk, { sid, action: 'next', values: { name: 'x' } })).toEqual([
      'modify',
      'bad-request',
      'bad-action',
    ]);
  });

  test('while the one before it is acted upon, and its session goes on', async () => {
    const held = Promise.withResolvers<void>();
    const slow: Stage = { ...second(''), submit: async () => held.promise.then(() => done('held')) };
    const desk = openDesk([{ ...order, start: async () => slow }]);
    const sid = await begin(desk);
    const first = run(desk, { sid, values: { name: 'a' } });
    expect(await refused(desk, { sid, values: { name: 'b' } })).toEqual([
      'wait',
      'unexpected-request',
      undefined,
    ]);
    held.resolve();
    expect(said((await first).form)).toBe('held');
  });

  test('where too many of one address are acted upon at once', async () => {
    const held = Promise.withResolvers<Step>();
    const desk = openDesk([{ node: 'order', name: 'Order', start: () => held.promise }]);
    const running = Array.from({ length: deskLimits.runningPerJidMax }, () => run(desk, {}));
    expect(await refused(desk, {})).toEqual(['wait', 'resource-constraint', undefined]);
    held.resolve(done('x'));
    await Promise.all(running);
    expect((await run(desk, {})).status).toBe('completed');
  });
});

describe('the commands', () => {
  test('are listed for those whom they concern, and described by their nodes', () => {
    const desk = openDesk([order, { ...order, node: 'other', concerns: () => true }]);
    expect(desk.list(parseJid(juliet)).map(({ node }) => node)).toEqual(['order', 'other']);
    expect(desk.list(parseJid('shut.test')).map(({ node }) => node)).toEqual(['other']);
    expect(desk.info('order')).toMatchObject({
      identities: [{ category: 'automation', type: 'command-node', name: 'Order' }],
      features: [NS_COMMANDS, 'jabber:x:data'],
    });
    expect(desk.info('nothing')).toBeNull();
  });

  test('are told the sender, prepared', async () => {
    const desk = openDesk([
      {
        ...order,
        start: async (caller) => done(formatJid({ local: '', ...caller, resource: '' }) + caller.resource),
      },
    ]);
    expect(said((await run(desk, { from: 'Juliet@Capulet.test/Balcony' })).form)).toBe('capulet.testBalcony');
  });
});
