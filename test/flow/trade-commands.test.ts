import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import { writeIndex } from '../../db/write-index.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { contractsToldTo, tradeAt, valueIn, valuesIn } from '../support/trade.ts';

let network: OwnNetwork;
let directory: RunningDirectory;
const { walk, move, open, movesOf, stateOf } = tradeAt(() => directory);

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

  const party = (server = network.far) => startAgent({ directory: directory.jid, subscribe: false, server });
  const both = async (): Promise<[client: TestAgent, provider: TestAgent]> => [
    await party(network.home),
    await party(),
  ];

  test('a contract is offered, told, confirmed, worked on, delivered and completed over XMPP alone', async () => {
    const [ann, fx] = await both();
    const [annTold, fxTold] = [contractsToldTo(ann), contractsToldTo(fx)];
    const { id: listing } = listingOf(fx.jid, { node: 'logo' });
    await writeIndex(directory.db, [indexOf(fx.jid, [{ node: 'logo', name: 'Draw a logo' }])], 0);
    await grantConsent(directory.db, fx.jid);
    const opened = await walk(ann, 'witness', {
      ...{ side: 'client', other: fx.jid, terms: ['A logo,', 'in blue.'], listing },
      ...{ price_amount: '10', price_currency: 'eur', price_unit: 'logo' },
    });
    expect(opened).toMatchObject({
      status: 'completed',
      notes: [{ type: 'info', text: `${fx.jid} is told, and is to confirm it.` }],
    });
    const id = valueIn(opened, 'id');
    expect(valueIn(opened, 'price')).toBe('10 EUR per logo');
    const offer = await until('the other side is told', async () => fxTold[0]);
    expect(offer).toMatchObject({
      id,
      seq: 1,
      by: 'client',
      move: 'offer',
      state: 'offered',
      side: 'provider',
    });
    const { attrs } = offer.stanza;
    expect([attrs.from, attrs.to, attrs.id, attrs.type, attrs['xml:lang']]).toEqual([
      ...[directory.address, fx.jid, `contract-${id}-1`, 'normal', 'en'],
    ]);
    expect(offer.stanza.getChildText('thread')).toBe(id);
    expect(offer.stanza.getChildText('body')).toBe(
      [
        `Contract ${id} with ${ann.jid} (Draw a logo): offered, since ${ann.jid} made the move 'offer'.`,
        "The command 'contract' makes your moves: accept, decline.",
      ].join('\n'),
    );

    const chosen = await walk(fx, 'contract', { id });
    expect(chosen.form?.instructions).toContain('A logo,\\nin blue.');
    expect(chosen.form?.fields[0]?.options.map(({ value }) => value)).toEqual(['accept', 'decline']);
    const accepted = await move(fx, id, 'accept');
    expect([accepted.status, valueIn(accepted, 'state')]).toEqual(['completed', 'accepted']);
    expect(valueIn(await move(fx, id, 'start'), 'state')).toBe('working');
    await move(fx, id, 'progress', { percent: '50', text: 'Half of it.' });
    await move(fx, id, 'ask', { text: 'Which blue?', names: ['blue', 'format'] });
    const asked = await walk(ann, 'contract', { id }, { move: 'input' });
    expect(asked.form?.instructions).toContain('Which blue?');
    expect(asked.form?.fields.map((field) => [field.var, field.required])).toEqual([
      ['blue', true],
      ['format', true],
    ]);
    const given = await askCommand(ann, directory.address, 'contract', {
      ...{ sid: asked.sessionId, action: 'complete' },
      values: { blue: ['Navy,', 'dark.'], format: 'SVG', id: 'c-other', move: 'cancel' },
    });
    expect(valueIn(given, 'state')).toBe('working');
    await move(fx, id, 'deliver', {
      text: 'It is done.',
      values: '{"url":"https://x.test/l.svg","size":[3,4]}',
    });
    expect(await movesOf(ann, id)).toEqual(['complete', 'dispute', 'settle']);
    expect(valueIn(await move(ann, id, 'complete'), 'state')).toBe('completed');

    const whole = await walk(ann, 'contracts', { id });
    expect(valueIn(whole, 'listing')).toBe(listing);
    expect(valueIn(whole, 'result_text')).toBe('It is done.');
    expect(valuesIn(whole, 'result.size')).toEqual(['3', '4']);
    expect(valueIn(whole, 'result.url')).toBe('https://x.test/l.svg');
    expect(JSON.parse(valueIn(whole, 'result_json'))).toMatchObject({ text: 'It is done.' });
    expect(JSON.parse(valueIn(whole, 'input'))).toEqual({ terms: 'A logo,\nin blue.' });
    expect(valuesIn(whole, 'history').map((line) => line.split(' ').slice(2, 4).join(' '))).toEqual([
      ...['client offer,', 'provider accept,', 'provider start,', 'provider progress,', 'provider ask,'],
      ...['client input,', 'provider deliver,', 'client complete,'],
    ]);
    const known = await contractToCarryOn(directory.db, id);
    expect(known?.contract).toMatchObject({ version: 8, progress: { percent: 50, text: 'Half of it.' } });
    // Each side hears of the other's moves, of progress nobody, of its own nobody.
    await until('both are told', async () => fxTold.length === 3 && annTold.length === 4);
    expect(annTold.map((told) => told.move).sort()).toEqual(['accept', 'ask', 'deliver', 'start']);
    expect(fxTold.map((told) => told.move).sort()).toEqual(['complete', 'input', 'offer']);
    expect(String(annTold.find((told) => told.move === 'ask')?.stanza)).toContain(
      "Asked for: 'blue, format'",
    );
  });

  test('a provider opens one too, which the client declines', async () => {
    const [ann, fx] = await both();
    const id = await open(fx, ann, { side: 'provider' });
    expect([await movesOf(fx, id), await movesOf(ann, id)]).toEqual([['cancel'], ['accept', 'decline']]);
    const told = contractsToldTo(fx);
    const declined = await move(ann, id, 'decline', { reason: ['Not like this.', "It's mine."] });
    expect([valueIn(declined, 'state'), valueIn(declined, 'reason')]).toEqual([
      'declined',
      "Not like this.\nIt's mine.",
    ]);
    const notice = await until('the provider is told', async () => told[0]);
    expect(notice.stanza.getChildText('body')).toContain("Reason: 'Not like this. It's mine.'");
    expect(await walk(ann, 'contract', { id })).toMatchObject({
      status: 'completed',
      notes: [{ text: 'No move is open to you.' }],
    });
  });

  test('a dispute ends when both sides say so, and a failure is of who says that it failed', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    await move(fx, id, 'accept');
    await move(fx, id, 'deliver', { text: 'Here.' });
    await move(ann, id, 'complete');
    await move(ann, id, 'dispute', { reason: 'It is red.' });
    const once = await move(fx, id, 'resolve', { reason: 'Painted over.' });
    expect([valueIn(once, 'state'), valuesIn(once, 'agreed'), valuesIn(once, 'moves')]).toEqual([
      ...['disputed', ['provider'], ['fail', 'settle']],
    ]);
    expect(valueIn(await move(ann, id, 'resolve', { reason: 'So it is.' }), 'state')).toBe('resolved');
    const other = await open(ann, fx);
    await move(fx, other, 'accept');
    const failed = await move(fx, other, 'fail', { reason: 'No paint.' });
    expect([valueIn(failed, 'state'), valueIn(failed, 'fault')]).toEqual(['failed', 'provider']);
  });

  test('a stranger finds no contract, wherever it asks', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const eve = await party();
    for (const node of ['contracts', 'contract']) {
      await expect(walk(eve, node, { id })).rejects.toThrow(/item-not-found[\s\S]*party to no contract/);
      await expect(walk(ann, node, { id: `${id}x` })).rejects.toThrow('item-not-found');
    }
    expect((await walk(eve, 'contracts', {})).form?.items).toEqual([]);
  });

  test("nobody goes on in another's session, nor in one's own from elsewhere", async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const { sessionId: sid } = await walk(fx, 'contract', { id });
    const values = { move: 'accept' };
    const elsewhere = await startAgent({
      ...{ directory: directory.jid, subscribe: false, server: network.far },
      ...{ username: fx.jid.split('@')[0] ?? '', resource: 'elsewhere' },
    });
    for (const thief of [ann, elsewhere]) {
      await expect(
        askCommand(thief, directory.address, 'contract', { sid, action: 'next', values }),
      ).rejects.toThrow('bad-sessionid');
    }
    // A session is of one command.
    await expect(
      askCommand(fx, directory.address, 'contracts', { sid, action: 'next', values }),
    ).rejects.toThrow('bad-sessionid');
    expect(await stateOf(ann, id)).toBe('offered');
  });

  test('a move that is not open is not offered, and what is not offered is not made', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const chosen = await walk(ann, 'contract', { id });
    const values = { move: 'accept' };
    const refused = await askCommand(ann, directory.address, 'contract', {
      ...{ sid: chosen.sessionId, action: 'next', values },
    });
    expect(refused).toMatchObject({ status: 'executing', notes: [{ type: 'error' }] });
    expect(await stateOf(ann, id)).toBe('offered');
  });

  test('a move that somebody else came before is refused, and says what is open', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const { sessionId: sid } = await walk(fx, 'contract', { id });
    await move(ann, id, 'cancel', {});
    await expect(
      askCommand(fx, directory.address, 'contract', { sid, action: 'next', values: { move: 'accept' } }),
    ).rejects.toThrow(/unexpected-request[\s\S]*The contract is cancelled: the provider cannot accept/);
  });

  test('of two moves at once one is made', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const stages = await Promise.all([walk(fx, 'contract', { id }), walk(fx, 'contract', { id })]);
    const asked = (at: number, name: string) =>
      askCommand(fx, directory.address, 'contract', {
        ...{ sid: stages[at]?.sessionId ?? '', action: 'next', values: { move: name } },
      });
    const outcomes = await Promise.allSettled([asked(0, 'accept'), asked(1, 'accept')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String(outcomes.find((one) => one.status === 'rejected')?.reason)).toContain('unexpected-request');
    expect((await contractToCarryOn(directory.db, id))?.contract).toMatchObject({ version: 2 });
  });

  test('a stage that is sent twice moves the contract once', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    const { sessionId: sid } = await walk(fx, 'contract', { id }, { move: 'decline' });
    const again = () =>
      askCommand(fx, directory.address, 'contract', { sid, action: 'complete', values: { reason: 'No.' } });
    const outcomes = await Promise.allSettled([again(), again()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(again()).rejects.toThrow('bad-sessionid');
    expect((await contractToCarryOn(directory.db, id))?.contract).toMatchObject({
      ...{ state: 'declined', version: 2 },
    });
  });

  test('an offer that nobody answered in time is not accepted any more', async () => {
    const [ann, fx] = await both();
    const told = contractsToldTo(ann);
    const id = await open(ann, fx);
    const { sessionId: sid } = await walk(fx, 'contract', { id });
    await directory.db.execute(sql`
      update contract set since = since - interval '73 hours', due = now() - interval '1 second' where id = ${id}`);
    await expect(
      askCommand(fx, directory.address, 'contract', { sid, action: 'next', values: { move: 'accept' } }),
    ).rejects.toThrow('unexpected-request');
    const notice = await until('the client is told', async () => told[0]);
    expect(notice).toMatchObject({ id, by: 'directory', move: 'expire', state: 'expired' });
  });

  test.each<[what: string, values: { [name: string]: string }, note: string]>([
    ['oneself', { other: 'self' }, "other: expected somebody else's JID, such as ann@example.org"],
    ['no JID', { other: 'a b' }, 'other: expected a JID'],
    ['nothing that is agreed', { terms: '' }, 'terms: expected a value'],
    ['a price without a currency', { price_amount: '5' }, 'price_amount: expected a number'],
  ])('a contract with %s is sent back to be mended', async (_what, values, note) => {
    const [ann, fx] = await both();
    const other = values.other === 'self' ? ann.fullJid : (values.other ?? fx.jid);
    const answer = await walk(ann, 'witness', { terms: 'A logo.', ...values, other });
    expect(answer.status).toBe('executing');
    expect(answer.notes.map(({ text }) => text).join()).toContain(note);
  });

  test("a contract about somebody else's listing, or none, is not witnessed", async () => {
    const [ann, fx] = await both();
    await grantConsent(directory.db, fx.jid);
    const wish = { side: 'client', other: fx.jid, terms: 'A logo.' };
    await writeIndex(directory.db, [indexOf('other@works.test', [{ node: 'n' }])], 0);
    const { id: listing } = listingOf('other@works.test', { node: 'n' });
    const sent = await walk(ann, 'witness', { ...wish, listing });
    expect(sent.notes[0]?.text).toBe(`listing: expected a listing of ${fx.jid}, who does the work`);
    await expect(walk(ann, 'witness', { ...wish, listing: 'urn:x' })).rejects.toThrow('item-not-found');
  });

  test('who has nothing to do with the directory is neither named nor told', async () => {
    const [ann, fx] = await both();
    const told: unknown[] = [];
    fx.onMessage = (stanza) => void told.push(stanza);
    const wish = { side: 'client', other: fx.jid, terms: 'A logo.' };
    await expect(walk(ann, 'witness', wish)).rejects.toThrow('forbidden');
    // Somebody who was known, and is not any more, made no move.
    const id = await open(ann, fx);
    await until('it is told', async () => told.length === 1);
    await directory.db.execute(sql`delete from consent where jid = ${fx.jid}`);
    await move(ann, id, 'cancel', {});
    await until('the job is done', async () => {
      const { rows } = (await directory.db.execute(
        sql`select from job where payload->>'contract' = ${id}`,
      )) as { rows: unknown[] };
      return rows.length === 0;
    });
    expect(told).toHaveLength(1);
  });

  test('an address is the same however it is written', async () => {
    const [ann, fx] = await both();
    const written = `${fx.jid.replace(/@.*/, (rest) => `${rest.toUpperCase()}.`)}/some where`;
    await grantConsent(directory.db, fx.jid);
    const opened = await walk(ann, 'witness', { other: written.toUpperCase(), terms: 'A logo.' });
    expect(valueIn(opened, 'provider')).toBe(fx.jid);
    const id = valueIn(opened, 'id');
    expect(await stateOf(fx, id)).toBe('offered');
    // A letter of another script is another address.
    const alike = fx.jid.replace('t', '\u03c4');
    await expect(walk(ann, 'witness', { other: alike, terms: 'A logo.' })).rejects.toThrow('forbidden');
    const itself = ann.fullJid.toUpperCase();
    expect((await walk(ann, 'witness', { other: itself, terms: 'A logo.' })).notes[0]?.text).toContain(
      "somebody else's",
    );
  });

  test('the list has pages, and is of one side or state where that is asked', async () => {
    const [ann, fx] = await both();
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) ids.push(await open(ann, fx));
    await move(fx, ids[0] ?? '', 'accept');
    const begun = await walk(ann, 'contracts', { max: '2' });
    expect([begun.status, begun.actions]).toEqual(['executing', ['prev', 'next', 'complete']]);
    const last = await askCommand(ann, directory.address, 'contracts', {
      sid: begun.sessionId,
      action: 'next',
    });
    expect(last.status).toBe('completed');
    const idsIn = (answer: typeof last) =>
      answer.form?.items.map((item) => item.find((cell) => cell.var === 'id')?.values[0]) ?? [];
    expect([...idsIn(begun), ...idsIn(last)]).toEqual([...ids].reverse());
    expect(idsIn(await walk(ann, 'contracts', { side: 'provider' }))).toEqual([]);
    expect(idsIn(await walk(fx, 'contracts', { side: 'provider', state: 'accepted' }))).toEqual([ids[0]]);
    const first = await askCommand(ann, directory.address, 'contracts', {});
    const alone = await askCommand(ann, directory.address, 'contracts', {
      ...{ sid: first.sessionId, action: 'complete', values: { max: '2' } },
    });
    expect(alone).toMatchObject({ status: 'completed', notes: [{ text: expect.stringContaining('more') }] });
  });

  test('a result that is too long for a stanza comes in pages that add up', async () => {
    const [ann, fx] = await both();
    const id = await open(ann, fx);
    await move(fx, id, 'accept');
    const lines = Array.from({ length: 200 }, (_, at) => `${at} ${'<ä> '.repeat(75)}${at}`);
    await move(fx, id, 'deliver', { text: lines });
    const pages = [await walk(ann, 'contracts', { id })];
    for (let page = pages[0]; page?.status === 'executing'; page = pages.at(-1)) {
      pages.push(
        await askCommand(ann, directory.address, 'contracts', { sid: page.sessionId, action: 'next' }),
      );
    }
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flatMap((page) => valuesIn(page, 'result_text'))).toEqual(lines);
    expect(JSON.parse(pages.flatMap((page) => valuesIn(page, 'result_json')).join(''))).toMatchObject({
      text: lines.join('\n'),
    });
  });
});
