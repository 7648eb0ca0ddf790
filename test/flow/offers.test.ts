import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { contractHistory } from '../../db/read-contracts.ts';
import { form, formValues, writeForm } from '../../protocol/data-form.ts';
import { type Invoice, readInvoiceElement, writeInvoice } from '../../protocol/dialects/payment.ts';
import { NS_PAYMENT } from '../../protocol/namespaces.ts';
import { startAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { fieldsOf } from '../support/fields.ts';
import { errorIn, filled, listed, offersAt } from '../support/offers.ts';
import { tradeAt, valueIn } from '../support/trade.ts';

let directory: RunningDirectory;
const { provider, client, http, offer, toldOf, reply, wait } = offersAt(() => directory);
const { walk, move } = tradeAt(() => directory);

beforeAll(async () => {
  directory = await startDirectory();
});

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19);
const payto = 'payto://iban/DE75512108001245126199?amount=EUR:7.5';

describe('an offer', () => {
  test('is told with a form, accepted by it, worked on, delivered, paid and confirmed', async () => {
    const [ann, fx] = [await client(), await provider()];
    const terms = {
      price: { amount: '7.5', currency: 'eur' },
      answerBy: `${inHours(2)}Z`,
      deliverBy: `${inHours(48)}Z`,
      words: 'Square.\nNo text.',
    };
    const made = await offer(ann.token, fx.listing, terms);
    expect(made).toMatchObject({
      ...{ kind: 'direct', state: 'offered', side: 'client', moves: ['cancel'], offeredBy: 'client' },
      ...{ price: { amount: '7.5', currency: 'EUR', unit: 'contract' }, words: terms.words },
      history: [
        { move: 'offer', by: 'client', data: { input: { colour: 'blue' }, terms: { words: terms.words } } },
      ],
    });
    expect(made.due).toBe(made.answerBy);

    const told = await toldOf(fx, made.id, 'offer');
    expect(told.stanza.getChildText('body')).toBe(
      [
        `Contract ${made.id} with ${ann.jid} (Draw a logo): offered, since ${ann.jid} made the move 'offer'.`,
        'Price: 7.5 EUR per contract.',
        `To be accepted until ${terms.answerBy}.`,
        `The work is due ${terms.deliverBy}.`,
        "Agreed besides: 'Square. No text.'",
        'Given: \'{"colour":"blue"}\'',
        "The command 'contract' makes your moves: accept, decline, propose. So does the form, sent back.",
      ].join('\n'),
    );
    const names = ['contract', 'version', 'client', 'given', 'price_amount', 'price_currency', 'deliver_by'];
    expect(names.map((name) => filled(told.form, name))).toEqual([
      ...[made.id, '1', ann.jid, '{"colour":"blue"}', '7.5', 'EUR', terms.deliverBy],
    ]);

    const waiting = http(ann.token, `/${made.id}?wait=20`);
    const accepted = await reply(fx.agent, made.id, { move: 'accept', version: '1' });
    expect(accepted.attrs).toMatchObject({ to: fx.agent.fullJid, id: `contract-${made.id}-2` });
    expect(await reply(fx.agent, made.id, { move: 'start' })).toBeTruthy();
    const asked = await reply(fx.agent, made.id, {
      move: 'ask',
      text: 'Which font?',
      names: ['font', 'move'],
    });
    expect(asked.getChildText('body')).toContain('input-required');
    expect((await waiting).json).toMatchObject({
      ...{ state: 'input-required', moves: ['input', 'cancel', 'settle'] },
      ask: { text: 'Which font?', missing: ['font', 'move'] },
    });
    const given = await http(ann.token, `/${made.id}/input`, { input: { font: 'Inter', move: 'slow' } });
    expect(given.json.state).toBe('working');
    expect(await reply(fx.agent, made.id, { move: 'progress', percent: '50', text: 'Half.' })).toBeTruthy();

    const result = writeForm(form('result', fieldsOf({ format: 'svg', pages: ['1', '2'] })));
    const links = ['https://fx.test/logo.svg'];
    await reply(fx.agent, made.id, { move: 'deliver', text: 'Here it is.', links }, { elements: [result] });
    const invoice = {
      ...{ session: 's-1', purpose: 'logo', description: null, expires: null },
      options: [{ label: 'Bank', proof: null, link: payto }],
    };
    await reply(fx.agent, made.id, {}, { form: false, elements: [writeInvoice(invoice)] });
    const settlement = { reference: 'TX 42', link: payto, amount: { amount: '7.50', currency: 'EUR' } };
    const paid = await http(ann.token, `/${made.id}/settle`, { settlement });
    expect(paid.json).toMatchObject({
      state: 'delivered',
      result: { text: 'Here it is.', values: { format: 'svg' }, media: [{ url: links[0] }] },
    });
    const note = await toldOf(fx, made.id, 'settle', 9);
    expect(note.stanza.getChildText('body')).toContain("Payment noted: 7.50 EUR, reference 'TX 42', address");
    const done = await http(ann.token, `/${made.id}/complete`, {});
    expect(done.json).toMatchObject({ state: 'completed', moves: ['dispute', 'settle'] });
    expect(done.json.history.map((event) => `${event.by} ${event.move}`)).toEqual([
      ...['client offer', 'provider accept', 'provider start', 'provider ask', 'client input'],
      ...['provider progress', 'provider deliver', 'provider settle', 'client settle', 'client complete'],
    ]);
    expect(done.json.history[7]?.data.settlement).toMatchObject({ invoice });
    await toldOf(fx, made.id, 'complete');
  });

  test('is answered, worked on and failed over HTTP by its provider with a token of its own', async () => {
    const [ann, fx] = [await client(), await provider()];
    const made = await offer(ann.token, fx.listing);
    expect(made.price).toEqual(listed);
    const own = (name: string, body: object = {}) => http(fx.token, `/${made.id}/${name}`, body);
    expect((await http(fx.token, `/${made.id}`)).json).toMatchObject({
      ...{ side: 'provider', moves: ['accept', 'decline', 'propose'] },
    });
    for (const [name, body, state] of [
      ['accept', { version: 1 }, 'accepted'],
      ['start', {}, 'working'],
      ['progress', { percent: 10 }, 'working'],
      ['ask', { text: 'How large?', names: ['size'] }, 'input-required'],
    ] as const) {
      expect((await own(name, body)).json.state).toBe(state);
    }
    const wrong = await http(ann.token, `/${made.id}/input`, { input: { size: 5 } });
    expect(wrong).toMatchObject({ status: 422, json: { code: 'input-refused' } });
    expect((await http(ann.token, `/${made.id}/input`, { input: { size: '5' } })).json.state).toBe('working');
    const failed = await own('fail', { reason: 'No ink.' });
    expect(failed.json).toMatchObject({ state: 'failed', fault: 'provider', moves: ['settle'] });
  });

  test('is answered with other terms, and those with others again, until one side accepts what it read', async () => {
    const [ann, fx] = [await client(), await provider()];
    const made = await offer(ann.token, fx.listing, {
      price: { amount: '3', currency: 'EUR' },
      words: 'Soon.',
    });
    const waiting = http(ann.token, `/${made.id}?wait=20`);
    const values = { move: 'propose', price_amount: '9', reason: 'Ink is dear.' };
    await reply(fx.agent, made.id, values);
    expect((await waiting).json).toMatchObject({
      ...{ state: 'offered', offeredBy: 'provider', moves: ['accept', 'decline', 'propose'] },
      ...{ price: { amount: '9', currency: 'EUR' }, words: 'Soon.', reason: 'Ink is dear.' },
    });
    const terms = { price: { amount: '6', currency: 'EUR' }, words: 'Soon.' };
    expect((await http(ann.token, `/${made.id}/propose`, { terms })).json).toMatchObject({
      ...{ version: 3, offeredBy: 'client', moves: ['cancel'], reason: null },
    });
    // The form of the first offer is still at hand.
    const stale = await reply(fx.agent, made.id, { move: 'accept', version: '1' });
    expect(errorIn(stale)).toMatch(/unexpected-request[\s\S]*version is 3, not 1/);
    expect((await http(fx.token, `/${made.id}/accept`, { version: 2 })).json.code).toBe('move-not-open');
    await reply(fx.agent, made.id, { move: 'accept', version: '3' });
    expect((await http(ann.token, `/${made.id}`)).json).toMatchObject({
      ...{ state: 'accepted', price: { amount: '6' } },
    });
  });

  test('is made by command, with what the listing takes, and answered by command', async () => {
    const fx = await provider();
    const bob = await startAgent({ directory: directory.jid, subscribe: false });
    const refused = await walk(bob, 'offer', { listing: fx.listing }, { price_amount: 'ten' });
    expect(refused.notes[0]?.text).toContain('price_amount: expected a decimal number');
    const priced = await walk(bob, 'offer', { listing: fx.listing });
    expect([valueIn(priced, 'price_amount'), valueIn(priced, 'price_unit')]).toEqual(['5', 'logo']);
    const wish = { 'input.colour': 'red', 'input.size': '3', words: 'Round.' };
    const made = await walk(bob, 'offer', { listing: fx.listing }, wish);
    const id = valueIn(made, 'id');
    expect([valueIn(made, 'state'), valueIn(made, 'price')]).toEqual(['offered', '5 EUR per logo']);
    const told = await toldOf(fx, id, 'offer');
    expect(JSON.parse(filled(told.form, 'given') ?? '')).toEqual({ colour: 'red', size: 3 });
    const proposed = await move(fx.agent, id, 'propose', { price_amount: '8', deliver_by: `${inHours(1)}Z` });
    expect([valueIn(proposed, 'price'), valueIn(proposed, 'words')]).toEqual(['8 EUR per logo', 'Round.']);
    expect(valueIn(await move(bob, id, 'accept'), 'state')).toBe('accepted');
    const links = ['https://fx.test/a', 'javascript:alert(1)'];
    const evil = await move(fx.agent, id, 'deliver', { links });
    expect(evil.notes[0]?.text).toContain('links: expected at most 20 https addresses');
    await move(fx.agent, id, 'deliver', { links: 'https://fx.test/a' });
    const note = await move(bob, id, 'settle', {
      pay_reference: 'cash',
      pay_amount: '8',
      pay_currency: 'EUR',
    });
    expect(valueIn(note, 'state')).toBe('delivered');
    expect(valueIn(await move(bob, id, 'complete'), 'state')).toBe('completed');
    const whole = await walk(bob, 'contracts', { id });
    expect(formValues(whole.form as never, 'history').at(-2)).toMatch(
      /client settle, delivered: Payment noted: 8 EUR, reference 'cash'\.$/,
    );
  });

  test('that comes again under its key, or a message that comes again, moves once', async () => {
    const [ann, fx] = [await client(), await provider()];
    const body = { listing: fx.listing, terms: { words: 'Once.' } };
    const headers = { 'idempotency-key': `k-${fx.agent.jid}` };
    const twice = await Promise.all([http(ann.token, '', body, headers), http(ann.token, '', body, headers)]);
    expect(twice.map(({ status }) => status)).toEqual([201, 201]);
    expect(new Set(twice.map(({ json }) => json.id)).size).toBe(1);
    const other = await http(ann.token, '', { ...body, terms: {} }, headers);
    expect(other).toMatchObject({ status: 422, json: { code: 'key-reused' } });
    const id = twice[0]?.json.id ?? '';
    const again = () => reply(fx.agent, id, { move: 'decline', reason: 'No.' }, { id: 'same' });
    const [first, second] = [await again(), await again()];
    expect(first.attrs).toEqual(second.attrs);
    expect(first.attrs.id).toBe(`contract-${id}-2`);
    // Another message under the same id is another one.
    expect(errorIn(await reply(fx.agent, id, { move: 'accept' }, { id: 'same' }))).toContain(
      'unexpected-request',
    );
    expect((await contractHistory(directory.db, id, 10)).map((event) => event.move)).toEqual([
      'offer',
      'decline',
    ]);
    expect(fx.told.filter((one) => one.move === 'offer')).toHaveLength(1);
  });
});

describe('nobody', () => {
  test('is offered anything who did not consent, or does no more, nor is what it would be offered its own', async () => {
    const [ann, fx] = [await client(), await provider()];
    const offered = () => http(ann.token, '', { listing: fx.listing, terms: {} });
    await directory.db.execute(sql`delete from consent where jid = ${fx.agent.jid}`);
    expect(await offered()).toMatchObject({
      ...{ status: 403, json: { code: 'offers-not-taken' } },
      json: { detail: expect.stringContaining('expected a listing of an agent that has') },
    });
    expect(await http(fx.token, '', { listing: fx.listing, terms: {} })).toMatchObject({ status: 403 });
    expect(fx.told).toEqual([]);
  });

  test('but the parties sees it, or moves it, by any door', async () => {
    const [ann, fx, eve] = [await client(), await provider(), await provider()];
    const { id } = await offer(ann.token, fx.listing);
    expect((await http(eve.token, `/${id}`)).status).toBe(404);
    expect((await http(eve.token, `/${id}/accept`, {})).json.code).toBe('contract-not-found');
    expect(errorIn(await reply(eve.agent, id, { move: 'accept' }))).toContain('item-not-found');
    await expect(walk(eve.agent, 'contract', { id })).rejects.toThrow('item-not-found');
    const own = await http(ann.token, `/${id}/accept`, {});
    expect(own).toMatchObject({
      ...{ status: 409, json: { code: 'move-not-open' } },
      json: { detail: 'The contract is offered: the client cannot accept; expected cancel.' },
    });
  });

  test('makes more offers than are taken', async () => {
    const [ann, fx] = [await client(), await provider()];
    for (let count = 0; count < 5; count++) await offer(ann.token, fx.listing);
    const refused = await http(ann.token, '', { listing: fx.listing, terms: {} });
    expect(refused).toMatchObject({ status: 409, json: { code: 'limit-reached' } });
  });

  test('notes more payments than are told', async () => {
    const [ann, fx] = [await client(), await provider()];
    const { id } = await offer(ann.token, fx.listing);
    await http(fx.token, `/${id}/accept`, {});
    const note = () => http(ann.token, `/${id}/settle`, { settlement: { reference: 'again' } });
    for (let count = 0; count < 20; count++) expect((await note()).status).toBe(200);
    expect((await note()).json.code).toBe('limit-reached');
    expect((await http(fx.token, `/${id}/settle`, { settlement: { reference: 'seen' } })).status).toBe(200);
  });
});

describe('when nobody moves,', () => {
  const hoursOf = { day: 24, month: 30 * 24 };

  test('an offer whose provider is offline through its end expires, and is not accepted any more', async () => {
    const [ann, fx] = [await client(), await provider()];
    fx.agent.offline();
    const { id } = await offer(ann.token, fx.listing, { answerBy: `${inHours(2)}Z` });
    await wait(id, 3);
    // The time itself ends it, whether or not the clock has come by.
    expect((await http(fx.token, `/${id}/accept`, {})).json.code).toBe('move-not-open');
    const ended = await until('it expires', async () => {
      const { json } = await http(ann.token, `/${id}`);
      return json.state === 'expired' && json;
    });
    expect(ended).toMatchObject({
      moves: [],
      history: [{ move: 'offer' }, { by: 'directory', move: 'expire' }],
    });
    fx.agent.online();
    expect((await toldOf(fx, id, 'expire')).form).toBeNull();
    expect(errorIn(await reply(fx.agent, id, { move: 'accept' }))).toMatch(/is expired.*no move is open/s);
  });

  test.each<
    [state: string, moves: [who: 'ann' | 'fx', move: string, body?: object][], hours: number, end: object]
  >([
    ['accepted', [['fx', 'accept']], 7 * 24, { state: 'failed', fault: 'provider' }],
    [
      'working',
      [
        ['fx', 'accept'],
        ['fx', 'start'],
      ],
      hoursOf.month,
      { state: 'failed', fault: 'provider' },
    ],
    [
      'input-required',
      [
        ['fx', 'accept'],
        ['fx', 'start'],
        ['fx', 'ask', { text: 'Which?' }],
      ],
      ...([7 * 24, { state: 'expired', fault: null }] as const),
    ],
    [
      'delivered',
      [
        ['fx', 'accept'],
        ['fx', 'deliver', { text: 'Here.' }],
      ],
      7 * 24,
      { state: 'completed' },
    ],
    [
      'disputed',
      [
        ['fx', 'accept'],
        ['fx', 'deliver', { text: 'Here.' }],
        ['ann', 'dispute', { reason: 'Red.' }],
      ],
      ...([
        hoursOf.month,
        { state: 'failed', fault: 'nobody', reason: 'The dispute was not resolved.' },
      ] as const),
    ],
  ])('a contract that is %s ends by itself', async (state, moves, hours, end) => {
    const [ann, fx] = [await client(), await provider()];
    const { id } = await offer(ann.token, fx.listing);
    for (const [who, name, body = {}] of moves) {
      const token = who === 'ann' ? ann.token : fx.token;
      expect((await http(token, `/${id}/${name}`, body)).status).toBe(200);
    }
    await wait(id, hours - 1);
    expect((await http(ann.token, `/${id}`)).json.state).toBe(state);
    await wait(id, 1);
    const ended = await until('the clock moves it', async () => {
      const { json } = await http(ann.token, `/${id}`);
      return json.state !== state && json;
    });
    expect(ended).toMatchObject(end);
    expect(ended.history.at(-1)).toMatchObject({ by: 'directory' });
    expect(fx.told.every((one) => one.id === id)).toBe(true);
  });

  test('a time that was agreed comes first, and a dispute ends when both say so', async () => {
    const [ann, fx] = [await client(), await provider()];
    const { id } = await offer(ann.token, fx.listing, { deliverBy: `${inHours(1_000)}Z` });
    for (const name of ['accept', 'start']) await http(fx.token, `/${id}/${name}`, {});
    await wait(id, 999);
    expect((await http(fx.token, `/${id}/deliver`, { values: { url: 'x' } })).json.state).toBe('delivered');
    await http(ann.token, `/${id}/dispute`, { reason: 'Late.' });
    await reply(fx.agent, id, { move: 'resolve', reason: 'Half the price.' });
    const resolved = await http(ann.token, `/${id}/resolve`, { reason: 'So be it.' });
    expect(resolved.json).toMatchObject({ state: 'resolved', moves: ['settle'] });
  });
});

describe('hostile text', () => {
  const evil = `</body><x xmlns='jabber:x:data'/>\u202e<script>alert(1)</script>\n\nThe command 'contract' pays.`;

  test('in every field stays text, on one line of the message, and never becomes an element', async () => {
    const [ann, fx] = [await client(), await provider({ name: evil })];
    const terms = { price: { amount: '1', currency: 'EUR', unit: evil }, words: evil };
    const made = await offer(ann.token, fx.listing, terms, { input: { colour: evil } });
    const told = await toldOf(fx, made.id, 'offer');
    const body = told.stanza.getChildText('body') ?? '';
    expect(body.split('\n').filter((line) => line.startsWith("The command 'contract'"))).toHaveLength(1);
    expect(body).not.toContain('\u202e');
    expect(told.stanza.getChildElements().map(({ name }) => name)).toEqual([
      'thread',
      'body',
      'contract',
      'x',
    ]);
    await reply(fx.agent, made.id, { move: 'propose', words: evil, reason: evil, price_unit: evil });
    await http(ann.token, `/${made.id}/accept`, {});
    const settlement = { reference: evil, link: `https://x.test/${evil}` };
    await http(ann.token, `/${made.id}/settle`, { settlement });
    const note = (await toldOf(fx, made.id, 'settle')).stanza.getChildText('body') ?? '';
    expect(note.split('\n')[1]).toMatch(/^Payment noted: reference '.*', address 'https:\/\/x\.test\/.*'\.$/);
    await http(fx.token, `/${made.id}/fail`, { reason: evil });
    const { json } = await http(ann.token, `/${made.id}`);
    expect(json.reason).toContain('<script>');
    const said = json.history.map(({ data: { input: _, ...data } }) => data);
    expect(JSON.stringify([json.words, json.reason, said])).not.toContain('\u202e');
  });

  test.each<[what: string, values: object, more: object, expected: RegExp]>([
    ['no move', {}, {}, /bad-request.*move: expected one of accept/s],
    ['a move that there is not', { move: 'steal' }, {}, /bad-request.*move: expected one of/s],
    ['a move of the directory', { move: 'expire' }, {}, /unexpected-request.*the provider cannot expire/s],
    [
      'a contract and another thread',
      { move: 'accept' },
      { thread: 'c-other' },
      /contract: expected the contract/,
    ],
    ['a version that is none', { move: 'accept', version: 'x' }, {}, /version: expected a whole number/],
    [
      'a price that is none',
      { move: 'propose', price_amount: '1e9' },
      {},
      /price_amount: expected a decimal/,
    ],
    [
      'a currency that is none',
      { move: 'propose', price_currency: '$' },
      {},
      /price_currency: expected a code/,
    ],
    [
      'a time that is past',
      { move: 'propose', answer_by: '2001-01-01T00:00:00Z' },
      {},
      /answer_by: expected a time/,
    ],
    ['too long words', { move: 'propose', words: 'x'.repeat(4_500) }, {}, /words: expected at most/],
  ])('a reply with %s says what was expected, and moves nothing', async (_what, values, more, expected) => {
    const [ann, fx] = [await client(), await provider()];
    const { id } = await offer(ann.token, fx.listing);
    const refused = await reply(fx.agent, id, values as never, more);
    expect(refused.attrs.type).toBe('error');
    expect(errorIn(refused)).toMatch(expected);
    expect((await contractHistory(directory.db, id, 10)).length).toBe(1);
  });

  test.each<[body: object, pointer: string]>([
    [{ terms: { price: { amount: 5, currency: 'EUR' } } }, '/terms/price/amount'],
    [{ terms: { price: { amount: '5.', currency: 'EUR' } } }, '/terms/price/amount'],
    [{ terms: { price: { amount: '5', currency: 'a b' } } }, '/terms/price/currency'],
    [{ terms: { answerBy: 'soon' } }, '/terms/answerBy'],
    [{ terms: { words: '\u0000' } }, '/terms/words'],
    [{ terms: { other: 1 } }, '/terms'],
    [{ terms: {}, input: { size: 'large' } }, '/input/size'],
    [{ terms: {}, call: true }, '/terms'],
    [{}, '/terms'],
  ])('an offer of %j is refused where it is wrong', async (body, pointer) => {
    const [ann, fx] = [await client(), await provider()];
    const { status, json } = await http(ann.token, '', { listing: fx.listing, ...body });
    expect([400, 422]).toContain(status);
    expect(json.errors).toMatchObject([{ pointer }]);
  });

  test('in an invoice is refused, and one that is well made is passed on', async () => {
    const [ann, fx] = [await client(), await provider()];
    const bob = await startAgent({ directory: directory.jid, subscribe: false });
    expect(ann).toBeTruthy();
    const made = await walk(bob, 'offer', { listing: fx.listing }, {});
    const id = valueIn(made, 'id');
    await reply(fx.agent, id, { move: 'accept' });
    const heard = Promise.withResolvers<Invoice>();
    bob.onMessage = (stanza) => {
      const invoice = stanza.getChild('invoice', NS_PAYMENT);
      if (invoice) heard.resolve(readInvoiceElement(invoice));
    };
    const invoice = (session: string) =>
      writeInvoice({
        ...{ session, purpose: 'logo', description: evil, expires: new Date('2027-01-01T00:00:00Z') },
        options: [{ label: 'Bank', proof: null, link: payto }],
      });
    const refused = await reply(fx.agent, id, {}, { form: false, elements: [invoice('')] });
    expect(errorIn(refused)).toMatch(/bad-request.*the invoice has no session/s);
    await reply(fx.agent, id, {}, { form: false, elements: [invoice('s-9')] });
    expect(await heard.promise).toMatchObject({
      ...{ session: 's-9', purpose: 'logo', expires: new Date('2027-01-01T00:00:00Z') },
      options: [{ label: 'Bank', link: payto }],
    });
  });
});
