import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { NS_AGENTCARD, NS_LISTING, NS_NEWS, NS_PUBSUB, NS_SUBSCRIPTION } from '../../protocol/namespaces.ts';
import { pubsubItemsQuery, readPubsubEvent, readPubsubItems } from '../../protocol/pubsub.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { configure, openAccount } from '../support/account.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { expectCalled } from '../support/called.ts';
import { convert, tune } from '../support/commands.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { expectKnown } from '../support/expect-identity.ts';
import { listingForm } from '../support/fields.ts';
import { indexOf } from '../support/listings.ts';
import {
  type MixedDomain,
  type MixedNetwork,
  mixedDomains,
  mixedNetwork,
  mixedStartMs,
} from '../support/mixed-network.ts';
import { type AgentJson, agentOverHttp, foundOverHttp, listedOverHttp } from '../support/overview.ts';
import { expectAllCounted, expectNoneLost, startSession } from '../support/session.ts';
import { subscribeTo } from '../support/told.ts';
import { visitsOf } from '../support/visits.ts';
import { expectWitnessed } from '../support/witnessed.ts';
import { fixture } from '../support/xml.ts';

const contacts = ['mailto:operator@agents.test'];
/** ejabberd's database writes what it took in up to two seconds later. */
const writtenWithinMs = 3_000;

// Where loopback has a single address (macOS) there is no federation.
describe.runIf(inject('stack').federated)('with a server of another make', () => {
  /** Servers of this file's own, of which it kills the ejabberd. */
  let servers: MixedNetwork;

  beforeAll(async () => {
    servers = await mixedNetwork();
  }, mixedStartMs);

  test("an ordinary account's public node on the ejabberd is read from the Prosody, with its publisher where its owner wants that", async () => {
    const node = `node-${randomBytes(4).toString('hex')}`;
    const to = 'pubsub.jabberd.test';
    const [publisher, reader] = await Promise.all([
      openAccount(servers['jabberd.test']),
      openAccount(servers['agents.test']),
    ]);
    const item = xml('item', { id: 'one' }, xml('note', { xmlns: 'urn:example:note' }, 'hello'));
    await publisher.request('set', xml('pubsub', { xmlns: NS_PUBSUB }, xml('publish', { node }, item)), to);
    const read = async () => {
      const answer = await reader.request('get', pubsubItemsQuery(node, 10), to);
      return readPubsubItems(answer.getChild('pubsub') as Element).items[0];
    };
    expect((await read())?.payload?.text()).toBe('hello');
    expect((await read())?.publisher).toBeNull();
    // It names the publisher only where the node's owner says so.
    const query = xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, xml('configure', { node }));
    await configure(publisher, to, query, `${NS_PUBSUB}#node_config`, { 'pubsub#itemreply': 'publisher' });
    expect((await read())?.publisher).toMatch(new RegExp(`^${publisher.bareJid}(/|$)`));
  });

  describe("the bot's session on the ejabberd", () => {
    const both = () =>
      Promise.all([
        startSession(servers['jabberd.test'], 'bot'),
        startSession(servers['agents.test'], 'peer'),
      ]);

    test('counts every stanza: after 500 answered questions each way it is resumed, and nothing comes twice', async () => {
      await expectAllCounted(...(await both()));
    });

    test('gets what was sent to it while it was cut', async () => {
      await expectNoneLost(...(await both()));
    });
  });

  describe.each<{ kind: string; home: MixedDomain; elsewhere: MixedDomain[] }>([
    { kind: 'an account', home: 'agents.test', elsewhere: ['jabberd.test'] },
    { kind: 'an account', home: 'jabberd.test', elsewhere: ['agents.test', 'jabberd.test'] },
    { kind: 'a component', home: 'jabberd.test', elsewhere: ['agents.test', 'jabberd.test'] },
  ])('a directory that is $kind of $home', ({ kind, home, elsewhere }) => {
    let directory: RunningDirectory;

    beforeAll(async () => {
      const { service, domain, ca } = servers[home];
      const at = kind === 'a component' ? asComponent(servers[home]) : { service, domain, ca };
      directory = await startDirectory(at, { crawlDomains: mixedDomains.join(','), contacts });
    });
    // Its worker, so that the next directory is the only one.
    afterAll(() => directory.stop());

    const shown = (jid: string): Promise<AgentJson | null> => agentOverHttp(directory.http, jid);
    const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);
    const isOnline = async (jid: string) => (await shown(jid))?.availability?.online;

    test('visits both servers and their components, and lists nothing of what they offer themselves', async () => {
      for (const domain of mixedDomains) {
        for (const jid of [domain, `pubsub.${domain}`, `rooms.${domain}`]) {
          await until(`${jid} is visited`, async () =>
            visitsOf(directory, jid).some(({ details }) => details.reachable),
          );
          expect(await shown(jid)).toBeNull();
        }
      }
    });

    test.each(mixedDomains)(
      'is known to a client of another library on %s for what it says it is',
      async (domain) => {
        await expectKnown(directory, servers[domain], contacts);
      },
    );

    test('tells agents on either server what comes to match their queries, and the news, in order', async () => {
      const { address } = directory;
      const tag = `tag${randomBytes(4).toString('hex')}`;
      for (const domain of mixedDomains) {
        const agent = await startAgent({
          directory: directory.jid,
          server: servers[domain],
          subscribe: false,
        });
        const id = await subscribeTo(agent, address, `tag:${tag}`);
        const subscribe = xml('subscribe', { node: NS_NEWS, jid: agent.jid });
        await agent.ask('set', xml('pubsub', { xmlns: NS_PUBSUB }, subscribe), address);
        const told: string[] = [];
        const news: number[] = [];
        agent.onMessage = (stanza) => {
          const notice = stanza.getChild('notice', NS_SUBSCRIPTION);
          if (notice) told.push(`${notice.attrs.event} ${notice.attrs.subscription}`);
          news.push(...(readPubsubEvent(stanza)?.items ?? []).map((item) => Number(item.id)));
        };
        const nodes = ['a', 'b', 'c'].map((node) => ({ node, tags: [tag] }));
        await writeIndex(directory.db, [indexOf(`${tag}@${domain}`, nodes)], 0);
        await until('both are told', async () => told.length >= 3 && news.length >= 3);
        expect(told).toEqual(Array.from({ length: 3 }, () => `match ${id}`));
        expect(news).toEqual([...new Set(news)].sort((a, b) => a - b));
      }
    });

    test.each(mixedDomains)(
      'witnesses a contract that a client on %s orders from one on the other',
      async (domain) => {
        const other = mixedDomains.find((each) => each !== domain) ?? domain;
        await expectWitnessed(directory, { order: servers[domain], provide: servers[other] });
      },
    );

    describe.each(elsewhere.map((domain) => ({ domain })))('sees that an agent on $domain', ({ domain }) => {
      const agentWith = (commands: { [node: string]: TestCommand }): Promise<TestAgent> =>
        startAgent({ directory: directory.jid, server: servers[domain], commands });

      test('appears: it is found over HTTP, with typed inputs', async () => {
        const agent = await agentWith({ convert });
        const [listing] = await listed(agent.jid, ['Convert feet']);
        expect(listing).toMatchObject({
          kind: 'command',
          inputs: [
            { name: 'amount', type: 'number', required: true },
            { name: 'unit', type: 'enum', required: false },
          ],
          inputSchema: { required: ['amount'] },
          call: { jid: agent.fullJid, node: 'convert' },
          availability: { online: true },
        });
        const found = await foundOverHttp(directory.http, `feet domain:${domain}`);
        expect(found.map(({ id }) => id)).toContain(listing?.id);
        expect(agent.executed.get('convert')).toBe(1);
      });

      test('goes: it is marked offline, its resource no longer shown', async () => {
        const agent = await agentWith({ convert });
        const [before] = await listed(agent.jid, ['Convert feet']);
        await agent.stop();
        await until('the agent is offline', async () => (await isOnline(agent.jid)) === false);
        const [after] = await listed(agent.jid, ['Convert feet']);
        expect(after?.id).toBe(before?.id);
        expect(after?.call?.jid).toBe(agent.jid);
      });

      test('comes back with a changed command: the change is found, under the same id', async () => {
        const agent = await agentWith({ convert });
        const [before] = await listed(agent.jid, ['Convert feet']);
        agent.offline();
        await until('the agent is offline', async () => (await isOnline(agent.jid)) === false);
        agent.commands.set('convert', { ...convert, name: 'Convert miles' });
        agent.commands.set('tune', tune);
        agent.online();
        const after = await listed(agent.jid, ['Convert miles', 'Name that tune']);
        expect(after.find(({ name }) => name === 'Convert miles')?.id).toBe(before?.id);
      });

      test('publishes a card: it is listed from it, and a change of the card is found', async () => {
        const agent = await agentWith({});
        await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
        await listed(agent.jid, ['Text statistics', 'Hash', 'Over HTTP']);
        const poem = { id: 'poem', name: 'Write a poem', command_node: 'poem' };
        const card = JSON.stringify({ name: 'Hermes', skills: [poem] });
        await agent.publish(NS_AGENTCARD, 'current', xml('agentcard', { xmlns: NS_AGENTCARD }, card));
        await until('the poem is listed', async () =>
          (await shown(agent.jid))?.listings.some(({ name }) => name === 'Write a poem'),
        );
      });

      test('publishes a listing form: its price is shown', async () => {
        const agent = await agentWith({ 'urn:x:convert': convert });
        await agent.publish(NS_LISTING, 'urn:x:convert', fixture('guildhall/listing.xml'));
        const [listing] = await listed(agent.jid, ['Convert currency']);
        expect(listing?.price).toEqual({ amount: '0.02', currency: 'EUR', unit: 'call' });
      });

      test('publishes several forms: each is shown', async () => {
        const agent = await agentWith({ 'urn:x:convert': convert, tune });
        await agent.publish(NS_LISTING, 'urn:x:convert', fixture('guildhall/listing.xml'));
        await agent.publish(
          NS_LISTING,
          'tune',
          writeForm(listingForm({ name: 'Hum to me', command: 'tune' })),
        );
        await agent.publish(NS_LISTING, 'urn:x:convert', fixture('guildhall/listing.xml'));
        await listed(agent.jid, ['Convert currency', 'Hum to me']);
      });

      test('registers: it is called by one request over HTTP', async () => {
        await expectCalled(directory, servers[domain]);
      });

      test('withdraws its consent: it is listed no longer', async () => {
        const agent = await agentWith({ convert });
        await listed(agent.jid, ['Convert feet']);
        agent.unsubscribe();
        await until('nothing is listed', async () => (await shown(agent.jid)) === null);
      });
    });

    // Last: it kills the ejabberd.
    test('is back, and sees who is online on either server, after the ejabberd was killed and started again', async () => {
      const agents = await Promise.all(
        mixedDomains.map((domain) =>
          startAgent({ directory: directory.jid, server: servers[domain], commands: { convert } }),
        ),
      );
      for (const agent of agents) await listed(agent.jid, ['Convert feet']);
      // Killed before that, it would have forgotten the accounts.
      await wait(writtenWithinMs);
      servers['jabberd.test'].kill();
      await servers['jabberd.test'].restart();

      const [onProsody, onEjabberd] = agents as [TestAgent, TestAgent];
      await until('the bot is back', async () => directory.session.ready);
      const again = await startAgent({
        directory: directory.jid,
        server: servers['jabberd.test'],
        username: onEjabberd.jid.split('@')[0] as string,
        commands: { convert, tune },
        subscribe: false,
      });
      expect(again.jid).toBe(onEjabberd.jid);
      await listed(again.jid, ['Convert feet', 'Name that tune']);
      await until('the one that stayed is online', () => isOnline(onProsody.jid));
      expect(await isOnline(again.jid)).toBe(true);
    });
  });
});
