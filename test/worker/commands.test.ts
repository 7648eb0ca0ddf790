import { describe, expect, test } from 'vitest';
import { problem } from '../../market/problem.ts';
import { type CommandAction, readCommandResponse } from '../../protocol/commands.ts';
import { type Form, field, form, writeForm } from '../../protocol/data-form.ts';
import { formatJid, parseJid } from '../../protocol/jid.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import { readStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { CommandDesk, deskLimits } from '../../worker/commands/desk.ts';
import { ask, checkField, choiceField, numberField, table, textField } from '../../worker/commands/fields.ts';
import { sessionLimits } from '../../worker/commands/sessions.ts';
import type { Command, Stage, Step } from '../../worker/commands/step.ts';
import { readValues, refilled, several, single } from '../../worker/commands/values.ts';
import { parseXml } from '../support/xml.ts';

const juliet = 'juliet@capulet.test/balcony';

/** A command of two stages, which then says what it was told. */
const order: Command = {
  node: 'order',
  name: 'Order',
  concerns: ({ domain }) => domain !== 'shut.test',
  async start(caller) {
    const first: Stage = {
      form: ask('Order', 'What is wanted.', [
        numberField('count', 'How many', { value: 1, min: 1, max: 12 }),
        choiceField(
          'size',
          'Size',
          [
            { value: 's', label: 'Small' },
            { value: 'l', label: 'Large' },
          ],
          's',
        ),
      ]),
      actions: ['next', 'complete'],
      async submit(values, action) {
        const wanted = `${single(values, 'count')} ${single(values, 'size')} for ${caller.jid}`;
        return action === 'next' ? second(wanted) : done(wanted);
      },
    };
    return first;
  },
};

const second = (wanted: string): Stage => ({
  form: ask('Name', 'Whose it is.', [textField('name', 'Name', { required: true })]),
  actions: ['complete'],
  notes: [{ type: 'info', text: wanted }],
  async submit(values): Promise<Step> {
    const name = single(values, 'name');
    if (name === 'mend')
      return problem('invalid-parameter', 'No.', [{ pointer: 'name', detail: 'expected another' }]);
    if (name === 'wait') return problem('too-many-requests', 'Not now.');
    if (name === 'stop') return problem('not-registered', 'Not you.');
    if (name === 'throw') throw new Error('secret');
    return done(`${wanted}: ${name}`);
  },
});

const done = (text: string): Step => ({ result: form('result', [field('said', text)]), notes: [] });

const now = { ms: 0 };
const faults: unknown[] = [];

function open(commands: Command[] = [order], limits = sessionLimits) {
  return new CommandDesk(commands, { limits, now: () => now.ms, onError: (error) => faults.push(error) });
}

type Asked = {
  action?: string;
  sid?: string | null;
  node?: string;
  from?: string;
  values?: { [name: string]: string | string[] };
};

function request({ action, sid, node = 'order', values }: Asked, payload?: Element): Element {
  const submitted =
    values &&
    writeForm(
      form(
        'submit',
        Object.entries(values).map(([name, value]) => field(name, value)),
      ),
    );
  return xml('command', { xmlns: NS_COMMANDS, node, sessionid: sid, action }, submitted, payload);
}

const send = (desk: CommandDesk, asked: Asked, payload?: Element) =>
  desk.answer(parseJid(asked.from ?? juliet), request(asked, payload));

/** The answer, read as a client reads it. */
async function run(desk: CommandDesk, asked: Asked) {
  const element = await send(desk, asked);
  expect(element.name, element.toString()).toBe('command');
  const execute = element.getChild('actions')?.attrs.execute as CommandAction | undefined;
  return { ...readCommandResponse(element), execute };
}

/** The condition and XEP-0050's own, of an answer that is an error. */
async function refused(desk: CommandDesk, asked: Asked, payload?: Element) {
  const element = await send(desk, asked, payload);
  expect(element.name, element.toString()).toBe('error');
  const { condition, type } = readStanzaError(xml('iq', {}, element));
  const own = element.getChildElements().find((child) => child.attrs.xmlns === NS_COMMANDS);
  return [type, condition, own?.name];
}

const begin = async (desk: CommandDesk, from?: string) =>
  (await run(desk, from ? { from } : {})).sessionId as string;
const said = (of: Form | null) => of?.fields.find((candidate) => candidate.var === 'said')?.values[0];

describe('a command', () => {
  test('leads from stage to stage, back, and to its outcome', async () => {
    const desk = open();
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
    const desk = open();
    const sid = await begin(desk);
    expect((await run(desk, { sid, action: 'execute', values: {} })).form?.title).toBe('Name');
    expect((await run(desk, { sid, values: { name: 'Nurse' } })).status).toBe('completed');
  });

  test('is cancelled by the action, and by a form of that type', async () => {
    const desk = open();
    expect((await run(desk, { sid: await begin(desk), action: 'cancel' })).status).toBe('canceled');
    const sid = await begin(desk);
    const cancelled = await send(desk, { sid, action: 'next' }, writeForm(form('cancel', [])));
    expect(cancelled.attrs.status).toBe('canceled');
    expect(desk.sessions).toBe(0);
  });

  test('shows a stage again with what is wrong by the name of the field, and what was filled in', async () => {
    const desk = open();
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
    const desk = open();
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
    const desk = open([{ node: 'pages', name: 'Pages', start: async () => page(1) }]);
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
    const desk = open([order, { ...order, node: 'other' }]);
    expect(await refused(desk, asked(await begin(desk)))).toEqual(expected);
  });

  test('for a form that cannot be read', async () => {
    const desk = open();
    const broken = parseXml("<x xmlns='jabber:x:data' type='surprise'/>");
    expect(await refused(desk, { sid: await begin(desk), action: 'next' }, broken)).toEqual([
      'modify',
      'bad-request',
      'bad-payload',
    ]);
  });

  test('for an action that the stage does not offer', async () => {
    const desk = open();
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
    const desk = open([{ ...order, start: async () => slow }]);
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
    const desk = open([{ node: 'order', name: 'Order', start: () => held.promise }]);
    const running = Array.from({ length: deskLimits.runningPerJidMax }, () => run(desk, {}));
    expect(await refused(desk, {})).toEqual(['wait', 'resource-constraint', undefined]);
    held.resolve(done('x'));
    await Promise.all(running);
    expect((await run(desk, {})).status).toBe('completed');
  });
});

describe('sessions', () => {
  test('end when they are left for too long', async () => {
    const desk = open();
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
    const desk = open();
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
    const desk = open([order], { ...sessionLimits, sessionsMax: 100 });
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
    const desk = open([{ ...order, start: async () => endless(0) }]);
    const sid = await begin(desk);
    for (let at = 0; at < 100; at++) await run(desk, { sid, action: 'next' });
    for (let at = 0; at < sessionLimits.stagesMax - 1; at++) await run(desk, { sid, action: 'prev' });
    expect(await refused(desk, { sid, action: 'prev' })).toContain('bad-action');
  });
});

describe('the commands', () => {
  test('are listed for those whom they concern, and described by their nodes', () => {
    const desk = open([order, { ...order, node: 'other', concerns: () => true }]);
    expect(desk.list(parseJid(juliet)).map(({ node }) => node)).toEqual(['order', 'other']);
    expect(desk.list(parseJid('shut.test')).map(({ node }) => node)).toEqual(['other']);
    expect(desk.info('order')).toMatchObject({
      identities: [{ category: 'automation', type: 'command-node', name: 'Order' }],
      features: [NS_COMMANDS, 'jabber:x:data'],
    });
    expect(desk.info('nothing')).toBeNull();
  });

  test('are told the sender, prepared', async () => {
    const desk = open([
      {
        ...order,
        start: async (caller) => done(formatJid({ local: '', ...caller, resource: '' }) + caller.resource),
      },
    ]);
    expect(said((await run(desk, { from: 'Juliet@Capulet.test/Balcony' })).form)).toBe('capulet.testBalcony');
  });
});

describe('a submitted form', () => {
  const shown = ask('All', '', [
    numberField('n', 'N', { value: 5, min: -2, max: 10 }),
    checkField('flag', 'Flag'),
    textField('name', 'Name', { required: true }),
    textField('lines', 'Lines', { type: 'text-multi', values: ['kept'] }),
    textField('jid', 'Jid', { type: 'jid-single' }),
    textField('amount', 'Amount', {
      validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
    }),
    {
      ...choiceField('open', 'Open', [], ''),
      required: false,
      values: [],
      validation: { datatype: 'xs:string', method: 'open', min: null, max: null, regex: null },
    },
    { ...textField('secret', 'Hidden'), type: 'hidden', values: ['ours'] },
  ]);
  const read = (values: { [name: string]: string | string[] }) =>
    readValues(
      shown,
      form(
        'submit',
        Object.entries({ name: 'x', ...values }).map(([name, value]) => field(name, value)),
      ),
    );

  test('keeps what it leaves out, drops what was not asked for, and cannot change what is hidden', () => {
    const { values, errors } = read({ foreign: 'x', secret: 'theirs' });
    expect(errors).toEqual([]);
    expect([several(values, 'lines'), single(values, 'n'), single(values, 'secret')]).toEqual([
      ['kept'],
      '5',
      'ours',
    ]);
    expect(values.has('foreign')).toBe(false);
    expect(several(read({ lines: [] }).values, 'lines')).toEqual([]);
    expect(refilled(shown, read({ n: '7' }).values).fields[0]?.values).toEqual(['7']);
  });

  test.each<[string, string | string[], string | null]>([
    ['n', '-2', null],
    ['n', '11', 'expected a whole number from -2 to 10'],
    ['n', '1.5', 'expected a whole number from -2 to 10'],
    ['n', '', 'expected a value'],
    ['n', ['1', '2'], 'expected one value'],
    ['n', '9'.repeat(400), 'expected a whole number from -2 to 10'],
    ['flag', 'true', null],
    ['flag', 'yes', 'expected true or false'],
    ['name', [], 'expected a value'],
    ['name', 'x'.repeat(5_000), 'expected at most 4000 characters'],
    ['jid', 'a@b.test', null],
    ['jid', '@', 'expected a JID'],
    ['amount', '0.20', null],
    ['amount', 'NaN', 'expected a number'],
    ['open', 'anything', null],
  ])('with %s = %.20j says: %s', (name, value, detail) => {
    expect(read({ [name]: value }).errors).toEqual(detail ? [{ pointer: name, detail }] : []);
  });
});
