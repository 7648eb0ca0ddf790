import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasConsent } from '../../db/consent.ts';
import { findRegistration } from '../../db/registrations.ts';
import type { CommandResponse } from '../../protocol/commands.ts';
import { infoQuery, itemsQuery, readInfo, readItems } from '../../protocol/disco.ts';
import {
  NS_AGENTCARD,
  NS_COMMANDS,
  NS_DATA,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
} from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { type AskedCommand, askCommand } from '../support/ask-command.ts';
import { tune } from '../support/commands.ts';
import { type RunningDirectory, runWorker, startDirectory, until } from '../support/directory.ts';
import { textField, type Values } from '../support/fields.ts';
import { agentOverHttp, foundOverHttp, listedOverHttp } from '../support/overview.ts';
import { rowsOf } from '../support/rows.ts';
import { fixture } from '../support/xml.ts';

let directory: RunningDirectory;
let address: string;

beforeAll(async () => {
  directory = await startDirectory();
  address = `${directory.jid}/guildhall`;
});

const convert: TestCommand = { name: 'Convert feet', fields: [textField('amount', { label: 'Amount' })] };

const command = (agent: TestAgent, node: string, asked: AskedCommand = {}) =>
  askCommand(agent, address, node, asked);

/** Goes through a command, one submitted form after the other; the last one completes it. */
async function walk(agent: TestAgent, node: string, ...stages: Values[]): Promise<CommandResponse> {
  let answer = await command(agent, node);
  for (const [at, values] of stages.entries()) {
    const action = at === stages.length - 1 && answer.actions.includes('complete') ? 'complete' : 'next';
    answer = await command(agent, node, { sid: answer.sessionId, action, values });
  }
  return answer;
}

const valueIn = ({ form: result }: CommandResponse, name: string) =>
  result?.fields.find((candidate) => candidate.var === name)?.values[0] ?? '';

/** The table's rows, each by the names of its columns. */
const rowsIn = ({ form: result }: CommandResponse) =>
  (result?.items ?? []).map((item) =>
    Object.fromEntries(item.map((cell) => [cell.var, cell.values.join('\n')])),
  );

const listingsOf = async (agent: TestAgent) =>
  (await agentOverHttp(directory.http, agent.jid))?.listings ?? [];

const listed = (agent: TestAgent, names: string[]) => listedOverHttp(directory.http, agent.jid, names);

const lapse = (agent: TestAgent, days: number) =>
  directory.db.execute(sql`
    update registration set lease_until = now() - ${days} * interval '1 day' - interval '1 second'
    where jid = ${agent.jid}`);

describe('the commands of the directory', () => {
  test('are announced, listed and described', async () => {
    const agent = await startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
    const info = async (node: string | null) =>
      readInfo(
        (await agent.ask('get', infoQuery(node), address)).getChild('query', NS_DISCO_INFO) as Element,
      );
    expect((await info(null)).features).toEqual(expect.arrayContaining([NS_COMMANDS, NS_DATA]));
    const reply = await agent.ask('get', itemsQuery(NS_COMMANDS), address);
    const { items } = readItems(reply.getChild('query', NS_DISCO_ITEMS) as Element);
    expect(items.map(({ jid, node }) => [jid, node])).toEqual(
      [
        ...['search', 'show', 'match', 'subscribe', 'subscriptions', 'status'],
        ...['contracts', 'contract', 'offer', 'witness', 'rate', 'reply', 'requests', 'request', 'propose'],
        ...['register', 'mine', 'deregister', 'token'],
        ...['urn:xmpp:a2a:cmd:tasks', 'urn:xmpp:a2a:cmd:exchange_business_card'],
      ].map((node) => [address, node]),
    );
    for (const { node, name } of items) {
      expect(await info(node)).toMatchObject({
        identities: [{ category: 'automation', type: 'command-node', name }],
        features: [NS_COMMANDS, NS_DATA],
      });
    }
  });

  test("refuse what they do not know, and somebody else's session", async () => {
    const agent = await startAgent({ directory: directory.jid, subscribe: false });
    const thief = await startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
    await expect(command(agent, 'nothing')).rejects.toThrow('item-not-found');
    await expect(command(agent, 'register', { action: 'dance' })).rejects.toThrow('malformed-action');
    const { sessionId: sid } = await command(agent, 'register');
    await expect(command(thief, 'register', { sid, action: 'complete', values: {} })).rejects.toThrow(
      'bad-sessionid',
    );
    expect((await command(agent, 'register', { sid, action: 'cancel' })).status).toBe('canceled');
    await expect(command(agent, 'register', { sid, action: 'cancel' })).rejects.toThrow('bad-sessionid');
    expect(await findRegistration(directory.db, agent.jid)).toBeNull();
  });
});

describe('an agent', () => {
  test('registers, sees what is said of it, corrects it, and leaves', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert, tune } });
    const first = await command(agent, 'register');
    expect(first).toMatchObject({ status: 'executing', actions: ['complete', 'next'].reverse() });
    const sid = first.sessionId;
    const wrong = await command(agent, 'register', { sid, action: 'next', values: { lease_hours: 'long' } });
    expect(wrong.notes).toEqual([
      { type: 'error', text: 'lease_hours: expected a whole number from 1 to 87600' },
    ]);
    const values = { lease_hours: '5000', relay: 'allow' };
    const about = await command(agent, 'register', { sid, action: 'next', values });
    expect(about.actions).toEqual(['prev', 'complete']);
    const back = await command(agent, 'register', { sid, action: 'prev' });
    expect(valueIn(back, 'lease_hours')).toBe('5000');
    await command(agent, 'register', { sid, action: 'next', values: {} });
    const done = await command(agent, 'register', {
      sid,
      action: 'complete',
      values: { category: 'Everyday', price_amount: '0.02', price_currency: 'eur' },
    });
    // A lease that is shorter than what was asked for.
    expect(done).toMatchObject({
      status: 'completed',
      notes: [{ text: expect.stringContaining('not for the 5000') }],
    });
    expect(valueIn(done, 'lease_hours')).toBe('720');
    const left = Date.parse(valueIn(done, 'lease_until')) - Date.now();
    expect(Math.abs(left / 3_600_000 - 720)).toBeLessThan(0.1);

    await listed(agent, ['Convert feet', 'Name that tune']);
    await until('the registration shows', async () => {
      const [found] = await listingsOf(agent);
      return found?.sources.some(({ source }) => source === 'registration');
    });
    expect((await listingsOf(agent))[0]).toMatchObject({
      category: 'everyday',
      price: { amount: '0.02', currency: 'EUR', unit: 'call' },
      call: { relay: true },
    });

    const mine = await walk(agent, 'mine', { task: 'show' });
    expect(mine.status).toBe('completed');
    expect(rowsIn(mine)).toMatchObject([
      {
        node: 'convert',
        kind: 'command',
        name: 'Convert feet',
        sources: expect.stringMatching(/^command 20/),
      },
      { node: 'tune', name: 'Name that tune' },
    ]);

    const stage = await walk(agent, 'mine', { task: 'correct', listing: 'convert' });
    expect(valueIn(stage, 'name')).toBe('Convert feet');
    const kept = await command(agent, 'mine', {
      sid: stage.sessionId,
      action: 'complete',
      values: { name: 'Feet to metres', tags: ['Length', 'units'] },
    });
    expect(kept.status).toBe('completed');
    await listed(agent, ['Feet to metres', 'Name that tune']);
    expect(await foundOverHttp(directory.http, 'metres')).toMatchObject([
      { provider: { jid: agent.jid }, tags: ['length', 'units'] },
    ]);

    await walk(agent, 'mine', { task: 'correct', listing: 'tune' }, { hidden: '1' });
    expect((await listingsOf(agent)).map(({ name }) => name)).toEqual(['Feet to metres']);
    expect(rowsIn(await walk(agent, 'mine', { task: 'show' }))).toMatchObject([
      {},
      { node: 'tune', name: '(hidden)' },
    ]);
    await walk(agent, 'mine', { task: 'correct', listing: 'tune' }, { restore: '1' });
    await walk(agent, 'mine', { task: 'correct', listing: 'convert' }, { restore: '1' });
    await listed(agent, ['Convert feet', 'Name that tune']);

    await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
    await until('the card is listed', async () => (await listingsOf(agent)).length > 2);
    const gone = await walk(agent, 'deregister', {});
    expect(gone.notes[0]?.text).toMatch(/^\d listings were removed/);
    expect(await agentOverHttp(directory.http, agent.jid)).toBeNull();
    // Coming online, and what it states to everybody, do not bring it back.
    agent.offline();
    agent.online();
    await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await agentOverHttp(directory.http, agent.jid)).toBeNull();
    expect(await hasConsent(directory.db, agent.jid)).toBe(false);
    agent.subscribe();
    await until('it is back', async () => (await listingsOf(agent)).length > 2);
  });

  test('that denies its presence is not shown online, whatever it subscribed to', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    await listed(agent, ['Convert feet']);
    await until('it is online', async () => (await listingsOf(agent))[0]?.availability?.online);
    await walk(agent, 'register', { presence: 'deny' });
    expect((await listingsOf(agent))[0]?.availability).toBeNull();
  });

  test('whose lease lapses is stale at once, and removed after its time', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    await walk(agent, 'register', { lease_hours: '1' });
    await listed(agent, ['Convert feet']);
    // The registration alone keeps the listing.
    agent.unsubscribe();
    await until('the subscription is over', async () => {
      const consents = await rowsOf(directory.db, sql`select jid from consent where jid = ${agent.jid}`);
      return consents.length === 0;
    });
    await listed(agent, ['Convert feet']);
    const stale = async () => (await listingsOf(agent))[0]?.stale;
    expect(await stale()).toBe(false);
    await lapse(agent, 0);
    expect(await stale()).toBe(true);
    await lapse(agent, 6);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await stale()).toBe(true);
    await lapse(agent, 7);
    await until('it is removed', async () => (await agentOverHttp(directory.http, agent.jid)) === null);
    expect(await findRegistration(directory.db, agent.jid)).toBeNull();
  });

  test('has tokens issued, listed and revoked; only their hashes are kept', async () => {
    const agent = await startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
    const stage = await walk(agent, 'token', { task: 'issue' });
    const wrong = await command(agent, 'token', {
      sid: stage.sessionId,
      action: 'complete',
      values: { scopes: ['admin'], days: '0' },
    });
    expect(wrong.notes.map(({ text }) => text)).toEqual([
      'scopes: expected one of the options',
      'days: expected a whole number from 1 to 365',
    ]);
    const issued = await command(agent, 'token', {
      sid: stage.sessionId,
      action: 'complete',
      values: { scopes: ['read', 'trade'], days: '7', label: 'my   laptop' },
    });
    const token = valueIn(issued, 'token');
    expect(Buffer.from(token.replace('guildhall_', ''), 'base64url')).toHaveLength(32);
    const [row] = await rowsOf<{ hash: string }>(
      directory.db,
      sql`select * from token where jid = ${agent.jid}`,
    );
    expect(row?.hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(token.slice(10));

    const id = valueIn(issued, 'id');
    const listing = await walk(agent, 'token', { task: 'list' });
    expect(rowsIn(listing)).toMatchObject([{ id, label: 'my laptop', scopes: 'read\ntrade', used: '' }]);
    const other = await startAgent({ directory: directory.jid, subscribe: false });
    expect((await walk(other, 'token', { task: 'revoke' })).notes[0]?.text).toBe('You have 0 tokens.');
    const revoked = await walk(agent, 'token', { task: 'revoke' }, { tokens: [id] });
    expect(revoked.notes[0]?.text).toBe('1 token is revoked.');
    expect(rowsIn(await walk(agent, 'token', { task: 'list' }))).toEqual([]);
  });

  test('can correct only once it is registered', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    await listed(agent, ['Convert feet']);
    const correct = walk(agent, 'mine', { task: 'correct', listing: 'convert' }, { name: 'Better' });
    await expect(correct).rejects.toThrow('registration-required');
  });
});

test('a restart of the worker keeps registrations, and tells who was in mid-command', async () => {
  const agent = await startAgent({ directory: directory.jid, commands: { convert } });
  await walk(agent, 'register', {});
  const { sessionId: sid } = await command(agent, 'mine');
  await directory.stop();
  const worker = await runWorker(directory);
  await until('the directory is online again', async () => worker.session.ready);
  await expect(command(agent, 'mine', { sid, action: 'next', values: {} })).rejects.toThrow('bad-sessionid');
  const again = await command(agent, 'register');
  expect(again.notes[0]?.text).toMatch(/^You are registered until 20/);
  await listed(agent, ['Convert feet']);
});
