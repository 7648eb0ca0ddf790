import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findContract } from '../../db/read-contracts.ts';
import { findRequest } from '../../db/read-requests.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { bodyOf, callsAt, refusalsTo, requestsToldTo, saidIn } from '../support/call-for-proposals.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { contractsToldTo, tradeAt, valueIn, valuesIn } from '../support/trade.ts';

let network: OwnNetwork;
let directory: RunningDirectory;
const { list, make, call, answer, take, withdraw, show, stateOf, submit, walk } = callsAt(() => directory);
const { move } = tradeAt(() => directory);

let count = 0;
/** A word that only the listings of this test have. */
let word = '';
beforeEach(() => {
  word = `menu${'abcdefghijklmnopqrstuvwxyz'[count++ % 26]}${count}`;
});

beforeAll(async () => {
  network = await ownNetwork();
});

describe.each<[what: string, start: () => Promise<RunningDirectory>]>([
  ['an account', () => startDirectory(network.home)],
  ['a component', () => startDirectory(asComponent(network.home))],
])('at a directory that is %s,', (_what, start) => {
  beforeAll(async () => {
    directory = await start();
  });

  const party = (more: object = {}) =>
    startAgent({ directory: directory.jid, subscribe: false, server: network.far, ...more });
  const listed = async (): Promise<TestAgent> => {
    const agent = await party();
    await list(agent, word);
    return agent;
  };
  const three = async () => [await party({ server: network.home }), await listed(), await listed()] as const;
  const shift = (id: string, minutes: number) =>
    directory.db.execute(sql`
      update request set deadline = deadline - ${minutes} * interval '1 minute',
        due = due - ${minutes} * interval '1 minute' where id = ${id}`);
  /** What it is told of an event, once it is. */
  const heard = (told: ReturnType<typeof requestsToldTo>, event: string) =>
    until(`it is told of ${event}`, async () => told.find((one) => one.event === event));

  test('a call is told, answered by command and by message, awarded, and worked on, over XMPP alone', async () => {
    const [ann, fx, gy] = await three();
    const [annTold, fxTold, gyTold] = [requestsToldTo(ann), requestsToldTo(fx), requestsToldTo(gy)];
    const made = await make(ann, word, {
      ...{ need: ['A menu of 300 words,', 'into French.'], input: '{"words":300}' },
      ...{ budget_amount: '50', budget_currency: 'eur', minutes: '30', max: '5' },
    });
    expect(made).toMatchObject({
      status: 'completed',
      notes: [{ text: expect.stringContaining('2 providers are asked') }],
    });
    const id = valueIn(made, 'id');

    const cfp = await heard(fxTold, 'cfp');
    expect(cfp).toMatchObject({ id, state: 'open', side: 'provider', proposal: null });
    const { attrs } = cfp.stanza;
    expect([attrs.from, attrs.to, attrs.id, attrs.type]).toEqual([
      ...[directory.address, fx.jid, `request-${id}-cfp`, 'normal'],
    ]);
    expect(cfp.stanza.getChildText('thread')).toBe(id);
    expect(bodyOf(cfp)).toContain('> A menu of 300 words,\n> into French.');
    expect(cfp.form).toMatchObject({ type: 'form', instructions: expect.stringContaining('Budget: 50 EUR') });
    expect(
      ['FORM_TYPE', 'request', 'client', 'need', 'input', 'budget_amount', 'command'].map((name) =>
        saidIn(cfp, name),
      ),
    ).toEqual([
      ...['urn:guildhall:request:0', id, ann.jid, 'A menu of 300 words,\ninto French.', '{"words":300}'],
      ...['50', 'propose'],
    ]);

    const deliverBy = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 19)}Z`;
    const given = await answer(fx, id, {
      ...{ answer: 'propose', price_amount: '24', price_currency: 'EUR', deliver_by: deliverBy },
      words: ['By a native speaker,', 'with care.'],
    });
    expect(valueIn(given, 'standing')).toBe('proposed');
    await heard(gyTold, 'cfp');
    submit(gy, id, { request: id, answer: 'propose', price_amount: '19.90', price_currency: 'eur' });
    const reply = await heard(gyTold, 'propose');
    expect(bodyOf(reply)).toContain('you propose 19.90 EUR');
    const [first, second] = await until(
      'the client is told of both',
      async () => annTold.length === 2 && annTold,
    );
    const byFx = [first, second].find((one) => one && saidIn(one, 'provider') === fx.jid);
    if (!byFx) throw new Error('not told');
    expect(bodyOf(byFx)).toContain("In its words: 'By a native speaker, with care.'");
    expect(['price_amount', 'price_currency', 'proposal'].map((name) => saidIn(byFx, name))).toEqual([
      ...['24', 'EUR', byFx.proposal],
    ]);

    // Nobody sees what is another's.
    const seen = JSON.stringify(await show(gy, id));
    for (const secret of [fx.jid, '24 EUR', 'native']) expect(seen).not.toContain(secret);
    expect(valuesIn(await show(ann, id), 'asked')).toHaveLength(2);

    const taken = await take(ann, id, byFx.proposal ?? '');
    expect([taken.status, valueIn(taken, 'state')]).toEqual(['completed', 'awarded']);
    const contract = valueIn(taken, 'contract');
    expect(await heard(fxTold, 'accept-proposal')).toMatchObject({ id, contract, state: 'awarded' });
    const rejected = await heard(gyTold, 'reject-proposal');
    expect(rejected.contract).toBeNull();
    expect(String(rejected.stanza)).not.toContain(fx.jid);
    expect(valueIn(await show(fx, id), 'contract')).toBe(contract);
    expect(valueIn(await show(gy, id), 'contract')).toBe('');

    const ofContract = contractsToldTo(ann);
    expect(valueIn(await move(fx, contract, 'start'), 'state')).toBe('working');
    await move(fx, contract, 'deliver', { text: 'Le menu.' });
    expect(valueIn(await move(ann, contract, 'complete'), 'state')).toBe('completed');
    await until('the client heard of the work', async () => ofContract.length === 2);
    expect(await findContract(directory.db, contract, ann.jid)).toMatchObject({
      price: { amount: '24', currency: 'EUR' },
      input: { request: id, need: 'A menu of 300 words,\ninto French.', input: { words: 300 } },
    });
    // Each is told of each thing once.
    const names = (told: typeof fxTold) => told.map(({ event }) => event).sort();
    expect([names(fxTold), names(gyTold)]).toEqual([
      ['accept-proposal', 'cfp'],
      ['cfp', 'propose', 'reject-proposal'],
    ]);
  });

  test('a provider refuses by command, by its answer in the form, or by cancelling the form', async () => {
    const [ann, fx, gy] = await three();
    const hz = await listed();
    const annTold = requestsToldTo(ann);
    const id = await call(ann, word);
    await answer(fx, id, { answer: 'refuse', words: 'No time.' });
    submit(gy, id, { answer: 'refuse', words: 'Too far.' });
    submit(hz, id, {}, { type: 'cancel' });
    await until(
      'the client is told of all',
      async () => annTold.filter((one) => one.event === 'refuse').length === 3,
    );
    expect(annTold.map(bodyOf).join('\n')).toContain("In its words: 'Too far.'");
    expect(valueIn(await show(fx, id), 'standing')).toBe('refused');
    // Until the deadline each may think better of it.
    await answer(fx, id, { answer: 'propose', price_amount: '5', price_currency: 'EUR' });
    expect(valueIn(await show(fx, id), 'own_proposal')).toContain('5 EUR');
  });

  test('a message is an answer by its form or by its thread, and the same one twice is one answer', async () => {
    const [ann, fx] = await three();
    const annTold = requestsToldTo(ann);
    const fxTold = requestsToldTo(fx);
    const id = await call(ann, word);
    const price = { answer: 'propose', price_amount: '7', price_currency: 'EUR' };
    submit(fx, id, { request: id, ...price }, { thread: null });
    submit(fx, id, price, { formType: null, message: 'chat' });
    submit(fx, id, price);
    const replies = await until('each is answered', async () => {
      const own = fxTold.filter((one) => one.event === 'propose');
      return own.length === 3 && own;
    });
    expect(new Set(replies.map(({ proposal }) => proposal)).size).toBe(1);
    expect(annTold.filter((one) => one.event === 'propose')).toHaveLength(1);
    // The chat has nothing to say to it.
    expect(fxTold.map(bodyOf).join()).not.toContain('I am');
  });

  test('who is not asked answers nothing, however it tries', async () => {
    const [ann, fx] = await three();
    const id = await call(ann, word);
    const eve = await party();
    const refused = refusalsTo(eve);
    for (const node of ['propose', 'requests'])
      await expect(walk(eve, node, { id })).rejects.toThrow('item-not-found');
    await expect(walk(eve, 'request', { task: 'award', id })).rejects.toThrow('item-not-found');
    await expect(walk(eve, 'request', { task: 'cancel', id })).rejects.toThrow('item-not-found');
    submit(eve, id, { answer: 'propose', price_amount: '1', price_currency: 'EUR' });
    submit(eve, id, { answer: 'refuse', request: 'r0000000000000000000000' });
    await until('both are refused', async () => refused.length === 2);
    expect(refused.join()).toContain('item-not-found');
    // Nor does a provider take, or the client propose.
    expect((await walk(fx, 'request', { task: 'award', id })).notes[0]?.text).toContain('no proposal');
    expect((await walk(fx, 'request', { task: 'cancel', id })).notes[0]?.text).toContain('cannot');
    expect((await walk(ann, 'propose', { id })).notes[0]?.text).toContain('No answer');
    expect((await findRequest(directory.db, id))?.version).toBe(1);
  });

  test('what cannot be taken is sent back to be mended', async () => {
    const [ann, fx] = await three();
    const id = await call(ann, word);
    const wrong = await answer(fx, id, { answer: 'propose', price_amount: 'ten', price_currency: 'EUR' });
    expect([wrong.status, wrong.notes[0]?.text]).toEqual([
      'executing',
      expect.stringContaining('price_amount: '),
    ]);
    const refused = refusalsTo(fx);
    submit(fx, id, { answer: 'propose', price_amount: '5' });
    submit(fx, id, { answer: 'propose' });
    await until('both are refused', async () => refused.length === 2);
    expect(refused.join()).toContain('price_currency');
    const bad = async (more: { [name: string]: string }) =>
      (await make(ann, word, more)).notes[0]?.text ?? '';
    expect(await bad({ query: '' })).toContain('expected a query, or listings');
    expect(await bad({ listings: 'urn:air:x' })).toContain('and not both');
    expect(await bad({ query: `${word}nothing` })).toContain('no provider can be asked');
    expect(await bad({ query: 'colour:red' })).toContain('query: ');
    expect(await bad({ input: '[1]' })).toContain('input: expected a JSON object');
    expect(await bad({ budget_amount: '5' })).toContain('budget_currency: ');
    expect(await bad({ minutes: '0' })).toContain('minutes: ');
    expect(await bad({ max: String(requestLimits.askedMax + 1) })).toContain('max: ');
  });

  test('after the deadline nothing is proposed, and the client is told how it stands', async () => {
    const [ann, fx, gy] = await three();
    const [annTold, fxTold] = [requestsToldTo(ann), requestsToldTo(fx)];
    const [refused, id] = [refusalsTo(gy), await call(ann, word)];
    await answer(fx, id, { answer: 'propose', price_amount: '5', price_currency: 'EUR' });
    const { sessionId: sid } = await walk(gy, 'propose', { id });
    await shift(id, 61);
    submit(gy, id, { answer: 'propose', price_amount: '1', price_currency: 'EUR' });
    await until('it is refused', async () => refused.length === 1);
    expect(refused[0]).toContain('unexpected-request');
    expect(bodyOf(await heard(annTold, 'decide'))).toContain('with 1 proposal.');
    expect(await stateOf(gy, id)).toBe('deciding');
    expect(sid).toBeTruthy();
    expect((await walk(gy, 'propose', { id })).notes[0]?.text).toContain('No answer of yours');
    // Nor is it awarded for ever.
    await shift(id, requestLimits.decideHours * 60);
    await heard(annTold, 'expire');
    await heard(fxTold, 'expire');
    expect((await walk(ann, 'request', { task: 'award', id })).notes[0]?.text).toContain('no proposal');
  });

  test('a call without proposals closes at its deadline', async () => {
    const [ann, fx] = await three();
    const [annTold, fxTold] = [requestsToldTo(ann), requestsToldTo(fx)];
    const id = await call(ann, word);
    await heard(fxTold, 'cfp');
    await shift(id, 61);
    expect(bodyOf(await heard(annTold, 'close'))).toContain('without a proposal');
    expect(await stateOf(fx, id)).toBe('closed');
    expect(fxTold.map(({ event }) => event)).toEqual(['cfp']);
  });

  test('a call that is withdrawn is told to everybody that was asked, with the reason', async () => {
    const [ann, fx, gy] = await three();
    const [fxTold, gyTold] = [requestsToldTo(fx), requestsToldTo(gy)];
    const id = await call(ann, word);
    await heard(fxTold, 'cfp');
    await heard(gyTold, 'cfp');
    await answer(fx, id, { answer: 'propose', price_amount: '5', price_currency: 'EUR' });
    expect(valueIn(await withdraw(ann, id, 'Found it.'), 'state')).toBe('cancelled');
    for (const told of [fxTold, gyTold]) expect(bodyOf(await heard(told, 'cancel'))).toContain("'Found it.'");
    expect((await walk(ann, 'request', { task: 'cancel', id })).notes[0]?.text).toContain('cannot');
  });

  test('of two awards at once one makes a contract, and a proposal that is replaced is not taken', async () => {
    const [ann, fx, gy] = await three();
    const annTold = requestsToldTo(ann);
    const id = await call(ann, word);
    const price = (amount: string) => ({ answer: 'propose', price_amount: amount, price_currency: 'EUR' });
    await answer(fx, id, price('5'));
    await answer(gy, id, price('6'));
    const [one, other] = await until('it is told of both', async () => annTold.length === 2 && annTold);
    const stages = [
      await walk(ann, 'request', { task: 'award', id }),
      await walk(ann, 'request', { task: 'award', id }),
      await walk(ann, 'request', { task: 'award', id }),
    ];
    const go = (at: number, proposal = '') =>
      askCommand(ann, directory.address, 'request', {
        ...{ sid: stages[at]?.sessionId ?? '', action: 'complete', values: { proposal } },
      });
    await answer(gy, id, price('60'));
    const byGy = [one, other].find((told) => told && saidIn(told, 'provider') === gy.jid)?.proposal ?? '';
    const byFx = [one, other].find((told) => told && saidIn(told, 'provider') === fx.jid)?.proposal ?? '';
    expect((await go(2, byGy)).notes[0]?.text).toContain('it was replaced');
    const outcomes = await Promise.allSettled([go(0, byFx), go(1, byFx)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { rows } = (await directory.db.execute(
      sql`select from contract where client = ${ann.jid}`,
    )) as unknown as { rows: unknown[] };
    expect(rows).toHaveLength(1);
  });

  test('a provider that is away through the deadline finds the call when it is back, and comes too late', async () => {
    const [ann, fx] = await three();
    const username = fx.jid.split('@')[0] ?? '';
    await fx.stop();
    const id = await call(ann, word);
    await until('the message has gone out', async () => {
      const { rows } = (await directory.db.execute(
        sql`select from request_asked where request = ${id} and provider = ${fx.jid} and told is not null`,
      )) as unknown as { rows: unknown[] };
      return rows.length === 1;
    });
    await shift(id, 61);
    await until('it has ended', async () => (await stateOf(ann, id)) === 'closed');
    const back = await startAgent({
      directory: directory.jid,
      subscribe: false,
      server: network.far,
      username,
    });
    const all = requestsToldTo(back);
    const refused = refusalsTo(back);
    back.online();
    submit(back, id, { answer: 'propose', price_amount: '1', price_currency: 'EUR' });
    await until('it is refused', async () => refused.length === 1);
    expect(refused[0]).toContain('unexpected-request');
    expect(all.map(({ event }) => event)).not.toContain('cancel');
  });

  test('whatever is written in any field, every message says what is said by whom', async () => {
    const [ann, fx] = await three();
    const [annTold, fxTold] = [requestsToldTo(ann), requestsToldTo(fx)];
    const evil = `</body><x xmlns='jabber:x:data'/>&amp;"'\u202eevil\nCall for proposals r0: the client withdrew it.`;
    const id = await call(ann, word, {
      ...{ need: evil.split('\n'), input: JSON.stringify({ [`<${evil}`]: evil }) },
    });
    const cfp = await heard(fxTold, 'cfp');
    const lines = bodyOf(cfp).split('\n');
    expect(lines[0]).toBe(`Call for proposals ${id}.`);
    expect(lines.filter((line) => line.startsWith('Call for proposals'))).toHaveLength(1);
    expect(bodyOf(cfp)).not.toContain('\u202e');
    expect(JSON.parse(saidIn(cfp, 'input') ?? '')).toBeTypeOf('object');
    expect(saidIn(cfp, 'need')).toContain('</body>');
    submit(fx, id, {
      ...{ answer: 'propose', price_amount: '5', price_currency: 'EUR', price_unit: evil },
      words: evil.split('\n'),
    });
    const proposal = await heard(annTold, 'propose');
    expect(bodyOf(proposal).split('\n')).toHaveLength(3);
    expect(bodyOf(proposal)).not.toContain('\u202e');
    const whole = await show(ann, id);
    expect(valuesIn(whole, 'asked')).toHaveLength(2);
    expect(valuesIn(whole, 'history').every((line) => /^\d+ 20/.test(line))).toBe(true);
    await withdraw(ann, id, evil);
    expect(bodyOf(await heard(fxTold, 'cancel')).split('\n')).toHaveLength(2);
  });

  test('the list has those that one made and those in which one is asked', async () => {
    const [ann, fx] = await three();
    const ids = [await call(ann, word), await call(ann, word)];
    await answer(fx, ids[0] ?? '', { answer: 'propose', price_amount: '5', price_currency: 'EUR' });
    const rows = (response: Awaited<ReturnType<typeof walk>>) =>
      response.form?.items.map((item) => item.map(({ values }) => values[0] ?? '')) ?? [];
    const own = rows(await walk(ann, 'requests', {}));
    expect(own.map(([id]) => id)).toEqual([...ids].reverse());
    expect(own.map((row) => row[6])).toEqual(['0', '1']);
    expect(rows(await walk(fx, 'requests', { side: 'client' }))).toEqual([]);
    expect(rows(await walk(fx, 'requests', { side: 'provider', state: 'open' }))).toHaveLength(2);
    const begun = await walk(ann, 'requests', { max: '1' });
    expect(begun.actions).toContain('next');
  });
});
