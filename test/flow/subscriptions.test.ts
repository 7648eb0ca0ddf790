import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { subscriptionLimits } from '../../market/subscription.ts';
import { readForm } from '../../protocol/data-form.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { NS_DATA } from '../../protocol/namespaces.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { type AskedCommand, askCommand } from '../support/ask-command.ts';
import { convert } from '../support/commands.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { listedOverHttp } from '../support/overview.ts';
import { rowsOf } from '../support/rows.ts';
import { subscribeTo, toldTo } from '../support/told.ts';

let directory: RunningDirectory;
let address: string;

beforeAll(async () => {
  directory = await startDirectory();
  address = `${directory.jid}/guildhall`;
});

const stranger = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
const command = (agent: TestAgent, node: string, asked: AskedCommand = {}) =>
  askCommand(agent, address, node, asked);
let made = 0;
/** A tag of the test's own. */
const ownTag = () => `tag${++made}`;

/** Writes an agent that offers these, over what it offered before. */
const offer = (jid: string, listings: Parameters<typeof indexOf>[1]) =>
  writeIndex(directory.db, [indexOf(jid, listings)], 0);

const bodyOf = (stanza: Element) => stanza.getChildText('body') ?? '';
/** Longer than the worker takes to look at the change feed again. */
const later = () => new Promise((resolve) => setTimeout(resolve, 2_000));

describe('a subscription to a query', () => {
  test('tells of an agent that comes to match it, with the listing whole, until it is cancelled', async () => {
    const ann = await stranger();
    const told = toldTo(ann);
    const tag = ownTag();
    const specialist = await startAgent({
      directory: directory.jid,
      commands: { [`x${tag}`]: { ...convert, name: `Convert ${tag}` } },
      subscribe: false,
    });
    const id = await subscribeTo(ann, address, `"convert ${tag}" agent:${specialist.jid}`);
    specialist.subscribe();
    await listedOverHttp(directory.http, specialist.jid, [`Convert ${tag}`]);
    const match = await until('it is told', async () => told.at(-1));
    expect(match).toMatchObject({ event: 'match', subscription: id, id: `sub-${id}-${match.seq}` });
    const { attrs } = match.stanza;
    expect([attrs.type, attrs.from, attrs.to, attrs['xml:lang']]).toEqual(['normal', address, ann.jid, 'en']);
    expect(bodyOf(match.stanza)).toContain(`Convert ${tag} matches`);
    const form = readForm(match.stanza.getChild('x', NS_DATA) as Element);
    expect(readListingForm(form)).toMatchObject({ name: `Convert ${tag}` });
    expect(form.fields.find((field) => field.var === 'id')?.values).toEqual([match.listing]);
    const begun = await command(ann, 'subscriptions');
    const chosen = await command(ann, 'subscriptions', {
      sid: begun.sessionId,
      action: 'next',
      values: { task: 'cancel' },
    });
    await command(ann, 'subscriptions', {
      sid: chosen.sessionId,
      action: 'complete',
      values: { subscriptions: [id] },
    });
    const count = told.length;
    await offer('other@works.test', [{ node: 'n', name: `Convert ${tag}` }]);
    await later();
    expect(told).toHaveLength(count);
  });

  test('tells of whole matches alone, of changes that match still, and not of what changes out of it', async () => {
    const ann = await stranger();
    const told = toldTo(ann);
    const tag = ownTag();
    await subscribeTo(ann, address, `tag:${tag} blue -red price:<=2 currency:EUR`);
    const price = (amount: string) => ({ amount, currency: 'EUR', unit: 'call' });
    const jid = `${tag}@works.test`;
    await offer(jid, [
      { node: 'whole', name: 'Blue', tags: [tag], price: price('1') },
      { node: 'dear', name: 'Blue', tags: [tag], price: price('3') },
      { node: 'red', name: 'Blue red', tags: [tag], price: price('1') },
      { node: 'part', name: 'Green', tags: [tag], price: price('1') },
    ]);
    await until('the first is told', async () => told.length === 1);
    await offer(jid, [{ node: 'whole', name: 'Blue again', tags: [tag], price: price('2') }]);
    await until('the change is told', async () => told.length === 2);
    expect(bodyOf(told[1]?.stanza as Element)).toContain('Blue again');
    await offer(jid, [{ node: 'whole', name: 'Blue again', tags: [tag], price: price('2.5') }]);
    await later();
    expect(told.map(({ listing }) => listing?.includes('command.whole'))).toEqual([true, true]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  test('waits for a subscriber that is away, as its server keeps it', async () => {
    const username = `away${Date.now()}`;
    const away = await startAgent({ directory: directory.jid, subscribe: false, username });
    const tag = ownTag();
    await subscribeTo(away, address, `tag:${tag}`);
    await away.stop();
    await offer(`${tag}@works.test`, [{ node: 'n', tags: [tag] }]);
    await until('it is sent', async () => {
      const rows = await rowsOf(directory.db, sql`select from alert`);
      return rows.length === 0;
    });
    await later();
    const back = await startAgent({ directory: directory.jid, subscribe: false, username, resource: 'back' });
    const told = toldTo(back);
    await until('it is told', async () => told.length === 1);
  });

  test('shows what matches already before it is confirmed, and names what is wrong', async () => {
    const ann = await stranger();
    const tag = ownTag();
    await offer(`${tag}@works.test`, [{ node: 'n', tags: [tag] }]);
    const begun = await command(ann, 'subscribe');
    expect(begun.form?.fields.map((field) => field.var)).toEqual(['query', 'days']);
    const sid = begun.sessionId;
    const wrong = await command(ann, 'subscribe', { sid, action: 'next', values: { query: 'colour:red' } });
    expect(wrong.notes).toEqual([{ type: 'error', text: expect.stringMatching(/^query: Character 1: /) }]);
    const long = await command(ann, 'subscribe', {
      sid,
      action: 'next',
      values: { query: 'tag:x', days: '31' },
    });
    expect(long.notes[0]?.text).toBe('days: expected a whole number from 1 to 30');
    const values = { query: `tag:${tag}`, days: '3' };
    const shown = await command(ann, 'subscribe', { sid, action: 'next', values });
    expect(shown.form?.items).toHaveLength(1);
    const done = await command(ann, 'subscribe', { sid, action: 'complete' });
    expect(done.form?.fields.map((field) => field.values[0])).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}$/),
      `tag:${tag}`,
      expect.stringMatching(/^\d{4}-/),
    ]);
  });

  test('is listed, renewed and cancelled by its owner, from any resource, and offered to nobody else', async () => {
    const ann = await stranger();
    const eve = await stranger();
    const id = await subscribeTo(ann, address, `tag:${ownTag()}`, '1');
    const ask = async (agent: TestAgent, task: string) => {
      const { sessionId: sid } = await command(agent, 'subscriptions');
      return command(agent, 'subscriptions', { sid, action: 'next', values: { task } });
    };
    const table = (await ask(ann, 'list')).form;
    expect(table?.items.map((row) => row[0]?.values)).toEqual([[id]]);
    const renewing = await ask(ann, 'renew');
    const renewed = await command(ann, 'subscriptions', {
      sid: renewing.sessionId,
      action: 'complete',
      values: { subscriptions: [id], days: '30' },
    });
    const end = new Date(renewed.form?.items[0]?.find((cell) => cell.var === 'until')?.values[0] ?? '');
    expect(end.getTime() - Date.now()).toBeGreaterThan(29 * 86_400_000);
    expect((await ask(eve, 'list')).form?.items).toEqual([]);
    expect((await ask(eve, 'cancel')).notes[0]?.text).toContain('You have 0 subscriptions');
    await subscribeTo(eve, address, `tag:${ownTag()}`);
    const cancelling = await ask(eve, 'cancel');
    const refused = await command(eve, 'subscriptions', {
      sid: cancelling.sessionId,
      action: 'complete',
      values: { subscriptions: [id] },
    });
    expect(refused.notes[0]?.text).toBe('subscriptions: expected one of the options');
    await expect(
      command(eve, 'subscriptions', { sid: renewing.sessionId, action: 'complete' }),
    ).rejects.toThrow('bad-sessionid');
    expect((await ask(ann, 'list')).form?.items).toHaveLength(1);
  });

  test('says once that it will end, and that it has', async () => {
    const ann = await stranger();
    const told = toldTo(ann);
    const tag = ownTag();
    const id = await subscribeTo(ann, address, `tag:${tag}`);
    await directory.db.execute(sql`update subscription set warn_at = now() where id = ${id}`);
    await until('it is told that the end is near', async () => told.at(-1)?.event === 'lapsing');
    await later();
    expect(told).toHaveLength(1);
    await directory.db.execute(sql`update subscription set until = now() where id = ${id}`);
    await until('it is told that it is over', async () => told.at(-1)?.event === 'ended');
    await offer(`${tag}@works.test`, [{ node: 'n', tags: [tag] }]);
    await later();
    expect(told.map(({ event }) => event)).toEqual(['lapsing', 'ended']);
    expect(await rowsOf(directory.db, sql`select from subscription where id = ${id}`)).toEqual([]);
  });

  test('ends when its messages come back for good, and not when they do for a while', async () => {
    const ann = await stranger();
    const tag = ownTag();
    const id = await subscribeTo(ann, address, `tag:${tag}`);
    const sent: string[] = [];
    const bounce = (condition: 'item-not-found' | 'recipient-unavailable', type: 'cancel' | 'wait') => {
      ann.onMessage = (stanza) => {
        sent.push(stanza.attrs.id ?? '');
        ann.send(
          xml(
            'message',
            { to: stanza.attrs.from, type: 'error', id: stanza.attrs.id },
            writeStanzaError({ type, condition, text: null }),
          ),
        );
      };
    };
    const nodes = (from: number) =>
      Array.from({ length: subscriptionLimits.bouncesMax }, (_, at) => ({
        node: `n${from + at}`,
        tags: [tag],
      }));
    bounce('recipient-unavailable', 'wait');
    await offer(`${tag}@works.test`, nodes(0));
    await until('all are sent', async () => sent.length === subscriptionLimits.bouncesMax);
    await later();
    expect(await rowsOf(directory.db, sql`select bounces from subscription where id = ${id}`)).toEqual([
      { bounces: 0 },
    ]);
    bounce('item-not-found', 'cancel');
    await offer(`${tag}b@works.test`, nodes(100));
    await until('it ends', async () => {
      const rows = await rowsOf(directory.db, sql`select from subscription where id = ${id}`);
      return rows.length === 0;
    });
    // Nothing is sent of the end: that would come back, too.
    await later();
    expect(sent).toHaveLength(2 * subscriptionLimits.bouncesMax);
  });

  test('is not ended by errors that somebody else sends in its name', async () => {
    const ann = await stranger();
    const eve = await stranger();
    const id = await subscribeTo(ann, address, `tag:${ownTag()}`);
    for (let at = 0; at < 10; at++) {
      eve.send(
        xml(
          'message',
          { to: address, type: 'error', id: `sub-${id}-${at}` },
          writeStanzaError({ type: 'cancel', condition: 'item-not-found', text: null }),
        ),
      );
    }
    await later();
    expect(await rowsOf(directory.db, sql`select bounces from subscription where id = ${id}`)).toEqual([
      { bounces: 0 },
    ]);
  });

  test('ends with everything else when its owner deregisters', async () => {
    const ann = await stranger();
    const id = await subscribeTo(ann, address, `tag:${ownTag()}`);
    const { sessionId: sid } = await command(ann, 'deregister');
    const done = await command(ann, 'deregister', { sid, action: 'complete' });
    expect(done.notes.map(({ text }) => text)).toEqual([
      'Nothing was said of you.',
      'You are told of no queries and no news any more.',
    ]);
    expect(await rowsOf(directory.db, sql`select from subscription where id = ${id}`)).toEqual([]);
  });

  test.each([
    ['x '.repeat(1_500), 'query: Character 2001: '],
    ['x '.repeat(2_500), 'query: expected at most 4000 characters'],
    ['near:1', 'query: Character'],
    ['"unended', 'query: Character'],
    ['!!!', 'query: The query asks for nothing'],
  ])('to %.20s is refused at its field', async (query, text) => {
    const ann = await stranger();
    const { sessionId: sid } = await command(ann, 'subscribe');
    const refused = await command(ann, 'subscribe', { sid, action: 'complete', values: { query } });
    expect([refused.status, refused.notes[0]?.text.slice(0, text.length)]).toEqual(['executing', text]);
  });

  test('beyond what one address may have is refused', async () => {
    const ann = await stranger();
    for (let at = 0; at < subscriptionLimits.perJidMax; at++) {
      await subscribeTo(ann, address, `tag:full${at}`);
    }
    await expect(subscribeTo(ann, address, 'tag:full')).rejects.toThrow('policy-violation');
  });
});
