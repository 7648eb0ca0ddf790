import { type Element, xml } from '@xmpp/xml';
import { describe, expect, test } from 'vitest';
import { type Command, type CommandManner, commandDesk } from '../../scripts/specialists/commands.ts';
import { FailureError, line, UserError } from '../../scripts/specialists/skill.ts';

const command: Command = {
  node: 'double',
  name: 'Double',
  instructions: 'Doubles a number.',
  fields: [{ name: 'n', label: 'Number', type: 'text-single', required: true, datatype: 'xs:integer' }],
  run(answers) {
    if (answers.number('n') === 13) throw new UserError('Not that one.');
    return [line('result', 'Result', answers.number('n') * 2)];
  },
};

function ask(manner: CommandManner) {
  const desk = commandDesk([command], manner);
  return (attrs: Record<string, string>, value?: string, from = 'a@b/c'): Promise<Element> => {
    const form =
      value !== undefined &&
      xml(
        'x',
        { xmlns: 'jabber:x:data', type: 'submit' },
        xml('field', { var: 'n' }, xml('value', {}, value)),
      );
    return desk.answer(
      from,
      xml('command', { xmlns: 'http://jabber.org/protocol/commands', node: 'double', ...attrs }, form),
    );
  };
}

function sessionOf(answer: Element): string {
  const { sessionid } = answer.attrs;
  if (!sessionid) throw new Error(`No session in ${answer}`);
  return sessionid;
}

const conditions = (answer: Element) => answer.getChildElements().map((child) => child.getName());

describe('a command', () => {
  test('shows its form, takes it, and answers', async () => {
    const send = ask('strict');
    const first = await send({ action: 'execute' });
    expect(first.attrs.status).toBe('executing');
    expect(first.getChild('actions')?.attrs.execute).toBe('complete');
    expect(first.getChild('x', 'jabber:x:data')?.attrs.type).toBe('form');
    const sessionid = sessionOf(first);
    const last = await send({ sessionid, action: 'complete' }, '21');
    expect(last.attrs).toMatchObject({ status: 'completed', sessionid, node: 'double' });
    expect(last.getChild('x')?.attrs.type).toBe('result');
    expect(last.getChild('x')?.getChild('field')?.getChildText('value')).toBe('42');
  });

  test('takes `execute` with a session as completion', async () => {
    const send = ask('strict');
    const sessionid = sessionOf(await send({}));
    expect((await send({ sessionid }, '1')).attrs.status).toBe('completed');
  });

  test('lets a wrong value be corrected, and shows it again', async () => {
    const send = ask('strict');
    const sessionid = sessionOf(await send({}));
    for (const [value, message] of [
      ['many', 'must be a whole number'],
      ['13', 'Not that one.'],
    ] as const) {
      const answer = await send({ sessionid, action: 'complete' }, value);
      expect(answer.attrs).toMatchObject({ status: 'executing', sessionid });
      expect(answer.getChild('note')?.attrs.type).toBe('error');
      expect(answer.getChildText('note')).toContain(message);
      expect(answer.getChild('x')?.getChild('field')?.getChildText('value')).toBe(value);
    }
    expect((await send({ sessionid, action: 'complete' }, '2')).attrs.status).toBe('completed');
  });

  test('is cancelled once', async () => {
    const send = ask('strict');
    const sessionid = sessionOf(await send({}));
    expect((await send({ sessionid, action: 'cancel' })).attrs.status).toBe('canceled');
    expect(conditions(await send({ sessionid, action: 'cancel' }))).toContain('bad-sessionid');
  });

  test('refuses a session that ended, is unknown, or is somebody else’s', async () => {
    const send = ask('strict');
    const sessionid = sessionOf(await send({}));
    expect(conditions(await send({ sessionid, action: 'complete' }, '1', 'x@y/z'))).toContain(
      'bad-sessionid',
    );
    await send({ sessionid, action: 'complete' }, '1');
    expect(conditions(await send({ sessionid, action: 'complete' }, '1'))).toEqual([
      'bad-request',
      'text',
      'bad-sessionid',
    ]);
    expect(conditions(await send({ sessionid: 'made-up' }, '1'))).toContain('bad-sessionid');
  });

  test('refuses actions that it does not offer, and a step without a form', async () => {
    const send = ask('strict');
    const sessionid = sessionOf(await send({}));
    expect(conditions(await send({ sessionid, action: 'prev' }))).toContain('bad-action');
    expect(conditions(await send({ sessionid, action: 'dance' }))).toContain('malformed-action');
    expect(conditions(await send({ sessionid, action: 'complete' }))).toContain('bad-payload');
    expect(conditions(await send({ node: 'triple' }))).toContain('item-not-found');
  });

  test('forgets the oldest of too many sessions', async () => {
    const send = ask('strict');
    const oldest = sessionOf(await send({}));
    for (let count = 0; count < 1_000; count++) await send({});
    expect(conditions(await send({ sessionid: oldest, action: 'complete' }, '1'))).toContain('bad-sessionid');
  });
});

describe('a command of AI-SNS', () => {
  test('silently starts over with an unknown session or in one shot', async () => {
    const send = ask('lenient');
    const sessionid = sessionOf(await send({}));
    await send({ sessionid, action: 'complete' }, '1');
    const again = await send({ sessionid, action: 'complete' }, '1');
    expect(again.attrs.status).toBe('executing');
    expect(again.attrs.sessionid).not.toBe(sessionid);
    expect((await send({ action: 'complete' }, '1')).attrs.status).toBe('executing');
    expect((await send({ action: 'execute' }, '1')).attrs.status).toBe('executing');
  });

  test('ends with a note when a value is wrong', async () => {
    const send = ask('lenient');
    const sessionid = sessionOf(await send({}));
    const answer = await send({ sessionid, action: 'complete' }, 'many');
    expect(answer.attrs.status).toBe('completed');
    expect(answer.getChild('note')?.attrs.type).toBe('error');
    expect(answer.getChild('x')).toBeUndefined();
  });
});

describe('a command of two forms', () => {
  const desk = commandDesk(
    [
      {
        ...command,
        second: [
          { name: 'times', label: 'Times', type: 'text-single', required: true, datatype: 'xs:integer' },
        ],
        run(answers) {
          if (answers.number('times') === 0) throw new FailureError('Never.');
          return [line('result', 'Result', answers.number('n') * answers.number('times'))];
        },
      },
    ],
    'strict',
  );
  const send = (attrs: Record<string, string>, filled: Record<string, string> = {}) => {
    const fields = Object.entries(filled).map(([name, value]) =>
      xml('field', { var: name }, xml('value', {}, value)),
    );
    const form = fields.length > 0 && xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, fields);
    return desk.answer(
      'a@b/c',
      xml('command', { xmlns: 'http://jabber.org/protocol/commands', node: 'double', ...attrs }, form),
    );
  };
  const asked = (answer: Element) =>
    answer
      .getChild('x')
      ?.getChildren('field')
      .map((field) => field.attrs.var);
  const toSecond = async () => {
    const sessionid = sessionOf(await send({}));
    const second = await send({ sessionid, action: 'next' }, { n: '4' });
    return { sessionid, second };
  };

  test('asks for the second once the first is filled in, and uses both', async () => {
    expect((await send({})).getChild('actions')?.attrs.execute).toBe('next');
    const { sessionid, second } = await toSecond();
    expect([second.attrs.status, asked(second)]).toEqual(['executing', ['times']]);
    expect(second.getChild('actions')?.attrs.execute).toBe('complete');
    const last = await send({ sessionid, action: 'complete' }, { times: '5' });
    expect(last.getChild('x')?.getChild('field')?.getChildText('value')).toBe('20');
  });

  test('has the form corrected that was wrong', async () => {
    const sessionid = sessionOf(await send({}));
    const first = await send({ sessionid, action: 'next' }, { n: 'many' });
    expect([first.getChild('note')?.attrs.type, asked(first)]).toEqual(['error', ['n']]);
    await send({ sessionid, action: 'next' }, { n: '4' });
    const second = await send({ sessionid, action: 'complete' }, { times: 'often' });
    expect([second.getChild('note')?.attrs.type, asked(second)]).toEqual(['error', ['times']]);
  });

  test('that cannot be done is over, with a note that says why', async () => {
    const { sessionid } = await toSecond();
    const last = await send({ sessionid, action: 'complete' }, { times: '0' });
    expect([last.attrs.status, last.getChildText('note')]).toEqual(['completed', 'Never.']);
    expect(conditions(await send({ sessionid, action: 'complete' }, { times: '1' }))).toContain(
      'bad-request',
    );
  });
});
