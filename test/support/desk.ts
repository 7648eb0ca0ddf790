import { expect } from 'vitest';
import { problem } from '../../market/problem.ts';
import { type CommandAction, readCommandResponse } from '../../protocol/commands.ts';
import { type Form, field, form, writeForm } from '../../protocol/data-form.ts';
import { parseJid } from '../../protocol/jid.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import { readStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { CommandDesk } from '../../worker/commands/desk.ts';
import { ask, choiceField, numberField, textField } from '../../worker/commands/fields.ts';
import { sessionLimits } from '../../worker/commands/sessions.ts';
import type { Command, Stage, Step } from '../../worker/commands/step.ts';
import { single } from '../../worker/commands/values.ts';
import { fieldsOf, type Values } from './fields.ts';

/** Who asks where a test names nobody. */
export const juliet = 'juliet@capulet.test/balcony';

/** A command of two stages, which then says what it was told. */
export const order: Command = {
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

/** The second stage, whose name decides what becomes of it. */
export const second = (wanted: string): Stage => ({
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

/** The outcome that says this. */
export const done = (text: string): Step => ({ result: form('result', [field('said', text)]), notes: [] });

/** The desks' clock. */
export const now = { ms: 0 };
/** What went wrong at the desks themselves. */
export const faults: unknown[] = [];

export function openDesk(commands: Command[] = [order], limits = sessionLimits) {
  return new CommandDesk(commands, { limits, now: () => now.ms, onError: (error) => faults.push(error) });
}

export type Asked = {
  action?: string;
  sid?: string | null;
  node?: string;
  from?: string;
  values?: Values;
};

function request({ action, sid, node = 'order', values }: Asked, payload?: Element): Element {
  const submitted = values && writeForm(form('submit', fieldsOf(values)));
  return xml('command', { xmlns: NS_COMMANDS, node, sessionid: sid, action }, submitted, payload);
}

/** The answer, as it is written. */
export const send = (desk: CommandDesk, asked: Asked, payload?: Element) =>
  desk.answer(parseJid(asked.from ?? juliet), request(asked, payload));

/** The answer, read as a client reads it. */
export async function run(desk: CommandDesk, asked: Asked) {
  const element = await send(desk, asked);
  expect(element.name, element.toString()).toBe('command');
  const execute = element.getChild('actions')?.attrs.execute as CommandAction | undefined;
  return { ...readCommandResponse(element), execute };
}

/** The condition and XEP-0050's own, of an answer that is an error. */
export async function refused(desk: CommandDesk, asked: Asked, payload?: Element) {
  const element = await send(desk, asked, payload);
  expect(element.name, element.toString()).toBe('error');
  const { condition, type } = readStanzaError(xml('iq', {}, element));
  const own = element.getChildElements().find((child) => child.attrs.xmlns === NS_COMMANDS);
  return [type, condition, own?.name];
}

/** Executes the command; returns its session. */
export const begin = async (desk: CommandDesk, from?: string) =>
  (await run(desk, from ? { from } : {})).sessionId as string;
/** What the outcome says. */
export const said = (of: Form | null) => of?.fields.find((candidate) => candidate.var === 'said')?.values[0];
