import { beforeAll, describe, expect, test } from 'vitest';
import { findContract } from '../../db/read-contracts.ts';
import { useToken } from '../../db/tokens.ts';
import { hashToken } from '../../market/token.ts';
import { form, formValue } from '../../protocol/data-form.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { amountForm, callsThrough, number, sumForm } from '../support/calls.ts';
import {
  createDirectory,
  runWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { contractsToldTo, tradeAt, valueIn, valuesIn } from '../support/trade.ts';

let directory: TestDirectory;
let worker: TestWorker;
const { specialist, call, settled } = callsThrough(() => directory);
const { walk, move, open, stateOf } = tradeAt(() => directory);
const limits = { callTimeoutMs: 1_500, absenceMs: 600_000 };

async function start(): Promise<void> {
  worker = await runWorker(directory, { limits });
  await until('the directory is online', async () => worker.session.ready);
}

beforeAll(async () => {
  directory = await createDirectory();
  await start();
});

const party = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
const whoIs = ({ jid }: TestAgent) => ({ jid, domain: 'works.test' });

/** What a stage asks for: each kind of value. */
const stage = form(
  'form',
  [
    number('amount'),
    { ...textField('sure', { required: true }), type: 'boolean' },
    {
      ...textField('size', { label: 'Size', required: true }),
      type: 'list-single',
      options: ['s', 'l'].map((value) => ({ value, label: value })),
    },
    { ...textField('to', { required: true }), type: 'jid-multi' },
    { ...textField('words', { required: true }), type: 'text-multi' },
    { ...textField('pin', { required: true }), type: 'text-private' },
  ],
  'What else?',
);

describe('the client of a call', () => {
  test('gives what a stage asks for in a form of its own, in the types of the stage', async () => {
    const ann = await party();
    const told = contractsToldTo(ann);
    const { agent, asked } = await specialist((_request, at) =>
      at === 0 ? { status: 'executing', form: stage, actions: ['complete'] } : { form: sumForm('7') },
    );
    const made = await call(agent, whoIs(ann));
    await settled(made);
    const notice = await until('it is told', async () => told[0]);
    expect(notice).toMatchObject({ by: 'directory', move: 'ask', state: 'input-required', side: 'client' });
    const shown = await walk(ann, 'contract', { id: made.id }, { move: 'input' });
    expect(shown.form?.instructions).toContain('What else?');
    const fields = shown.form?.fields ?? [];
    // What was given before is filled in, after what lacks; a secret is not.
    expect(fields.map(({ var: name, type, required }) => [name, type, required])).toEqual([
      ['sure', 'boolean', true],
      ['size', 'list-single', true],
      ['to', 'jid-multi', true],
      ['words', 'text-multi', true],
      ['pin', 'text-private', true],
      ['amount', 'text-single', false],
    ]);
    expect(formValue(shown.form ?? stage, 'amount')).toBe('3');
    const give = (values: { [name: string]: string | string[] }) =>
      askCommand(ann, directory.address, 'contract', { sid: shown.sessionId, action: 'complete', values });
    const wrong = await give({ sure: '1', size: 'xxl', to: ['b@x.test'], words: 'a', pin: '1' });
    expect(wrong).toMatchObject({ status: 'executing', notes: [{ type: 'error' }] });
    expect(wrong.notes[0]?.text).toMatch(/^size: /);
    const taken = await give({
      ...{ amount: '4', sure: '1', size: 'l', to: ['b@x.test', 'c@x.test'] },
      ...{ words: ['one', 'two'], pin: '0042', foreign: 'x' },
    });
    expect(valueIn(taken, 'state')).toBe('working');
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { sum: 7 } } });
    expect(asked[1]?.form?.fields.map(({ var: name, values }) => [name, values])).toEqual([
      ['amount', ['4']],
      ['sure', ['1']],
      ['size', ['l']],
      ['to', ['b@x.test', 'c@x.test']],
      ['words', ['one', 'two']],
      ['pin', ['0042']],
    ]);
    const done = await walk(ann, 'contracts', { id: made.id });
    expect(valueIn(done, 'result.sum')).toBe('7');
    await until('it is told of the end', async () => told.some((one) => one.state === 'completed'));
  });

  test('cancels it, and nobody cancels it twice', async () => {
    const ann = await party();
    const { agent } = await specialist(() => ({
      ...{ status: 'executing' as const, form: stage, actions: ['complete' as const] },
    }));
    const made = await call(agent, whoIs(ann));
    await settled(made);
    expect(valueIn(await move(ann, made.id, 'cancel', { reason: 'Too late.' }), 'state')).toBe('cancelled');
    expect(await walk(ann, 'contract', { id: made.id })).toMatchObject({ status: 'completed' });
    // The agent is a party too, and nobody else.
    expect(await stateOf(agent, made.id)).toBe('cancelled');
    await expect(walk(await party(), 'contract', { id: made.id })).rejects.toThrow('item-not-found');
  });

  test('hears from the agent itself where nobody could tell what came of it', async () => {
    const ann = await party();
    const { agent } = await specialist(() => 'silence');
    const made = await call(agent, whoIs(ann));
    expect(await settled(made)).toMatchObject({ state: 'unknown' });
    const chosen = await walk(agent, 'contract', { id: made.id });
    expect(chosen.form?.fields[0]?.options.map(({ value }) => value)).toEqual(['deliver', 'fail']);
    const delivered = await move(agent, made.id, 'deliver', { values: '{"sum": 7}' });
    expect(valueIn(delivered, 'state')).toBe('delivered');
    expect(valueIn(await move(ann, made.id, 'complete'), 'state')).toBe('completed');
    expect(valueIn(await walk(ann, 'contracts', { id: made.id }), 'result.sum')).toBe('7');
  });

  test('disputes what came of it, which the agent hears, and resolves', async () => {
    const ann = await party();
    const { agent } = await specialist((_request, at) =>
      at === 0 ? { status: 'executing', form: amountForm, actions: ['complete'] } : { form: sumForm('7') },
    );
    const told = contractsToldTo(agent);
    const made = await call(agent, whoIs(ann));
    await settled(made);
    await move(ann, made.id, 'dispute', { reason: 'It is 6.' });
    const notice = await until('the agent is told', async () => told[0]);
    expect(notice).toMatchObject({ id: made.id, by: 'client', move: 'dispute', side: 'provider' });
    await move(agent, made.id, 'resolve', { reason: 'It is.' });
    expect(valueIn(await move(ann, made.id, 'resolve', { reason: 'Good.' }), 'state')).toBe('resolved');
  });
});

test('a session ends with the worker, the contract does not, and what is told in between is told', async () => {
  const [ann, fx] = [await party(), await party()];
  const id = await open(ann, fx);
  const { sessionId: sid } = await walk(fx, 'contract', { id });
  await worker.stop();
  const told = contractsToldTo(ann);
  await start();
  const accept = { sid, action: 'next', values: { move: 'accept' } };
  await expect(askCommand(fx, directory.address, 'contract', accept)).rejects.toThrow('bad-sessionid');
  expect(valueIn(await move(fx, id, 'accept'), 'state')).toBe('accepted');
  await until('the other side is told', async () => told.some((one) => one.move === 'accept'));
});

describe('a token', () => {
  const issue = (agent: TestAgent, scopes: string[]) =>
    walk(agent, 'token', { task: 'issue' }, { scopes, days: '1', label: 'mine' });

  test('is issued for the scopes that are chosen, listed with them, and revoked', async () => {
    const ann = await party();
    const [reads, trades] = [await issue(ann, ['read']), await issue(ann, ['read', 'trade'])];
    expect([valuesIn(reads, 'scopes'), valuesIn(trades, 'scopes')]).toEqual([['read'], ['read', 'trade']]);
    const use = (of: typeof reads) => useToken(directory.db, hashToken(valueIn(of, 'token')));
    expect(await use(reads)).toMatchObject({ jid: ann.jid, scopes: ['read'] });
    expect(await use(trades)).toMatchObject({ jid: ann.jid, scopes: ['read', 'trade'] });
    const listed = await walk(ann, 'token', { task: 'list' });
    const cells = listed.form?.items.map((item) => item.find((cell) => cell.var === 'scopes')?.values);
    expect(cells?.sort()).toEqual([['read'], ['read', 'trade']]);
    await walk(ann, 'token', { task: 'revoke' }, { tokens: [valueIn(trades, 'id')] });
    expect([await use(trades), await use(reads)]).toEqual([null, expect.anything()]);
  });

  test('is for no other scope, and never for none', async () => {
    const ann = await party();
    for (const scopes of [['admin'], []]) {
      expect(await issue(ann, scopes)).toMatchObject({ status: 'executing', notes: [{ type: 'error' }] });
    }
  });

  test('is not revoked by anybody else, whoever knows its id', async () => {
    const [ann, eve] = [await party(), await party()];
    const hers = await issue(ann, ['read', 'trade']);
    await issue(eve, ['read']);
    const tokens = [valueIn(hers, 'id')];
    const refused = await walk(eve, 'token', { task: 'revoke' }, { tokens });
    expect(refused).toMatchObject({ status: 'executing', notes: [{ type: 'error' }] });
    expect(await useToken(directory.db, hashToken(valueIn(hers, 'token')))).not.toBeNull();
  });

  test('makes its bearer known to the directory, so that contracts can be offered to it', async () => {
    const [ann, fx] = [await party(), await party()];
    const wish = { side: 'client', other: fx.jid, terms: 'A logo.' };
    await expect(walk(ann, 'witness', wish)).rejects.toThrow('forbidden');
    await issue(fx, ['read']);
    const id = valueIn(await walk(ann, 'witness', wish), 'id');
    expect(await findContract(directory.db, id, fx.jid)).toMatchObject({ state: 'offered' });
  });
});
