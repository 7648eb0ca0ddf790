import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { writeForm } from '../../protocol/data-form.ts';
import { NS_AGENTCARD, NS_LISTING, NS_PING, NS_PUBSUB } from '../../protocol/namespaces.ts';
import { pubsubItemsQuery, readPubsubItems } from '../../protocol/pubsub.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { openSession } from '../../scripts/specialists/session.ts';
import { ensureCertificates } from '../../scripts/stack/certificates.ts';
import { startEjabberd } from '../../scripts/stack/ejabberd.ts';
import { ensurePackages } from '../../scripts/stack/packages.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startProsody } from '../../scripts/stack/prosody.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import type { ServerOptions, XmppServer } from '../../scripts/stack/xmpp-server.ts';
import { Session } from '../../worker/session.ts';
import { freeAddresses } from '../support/addresses.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { createDirectory, runFunctions, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { type AgentJson, agentOverHttp, type ListingJson } from '../support/overview.ts';
import { fixture } from '../support/xml.ts';

const domains = ['agents.test', 'jabberd.test'] as const;
type Domain = (typeof domains)[number];
/** Installing ejabberd takes some 10 s where the network is fast, and happens once on a machine. */
const installTimeoutMs = 300_000;
/** ejabberd's database writes what it took in up to two seconds later. */
const writtenWithinMs = 3_000;

const convert: TestCommand = {
  name: 'Convert feet',
  fields: [
    textField('amount', {
      label: 'Amount',
      required: true,
      validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
    }),
    textField('unit', { type: 'list-single', options: [{ label: 'Metre', value: 'm' }] }),
  ],
};
const tune: TestCommand = { name: 'Name that tune', fields: [textField('tune')] };

// Where loopback has a single address (macOS) there is no federation.
describe.runIf(inject('stack').federated)('with a server of another make', () => {
  const atEnd = endOfSuite();
  /** Servers of this file's own: a Prosody, and an ejabberd, which it kills. */
  const servers = {} as { [domain in Domain]: XmppServer };
  let ejabberdOptions: ServerOptions;
  let authority: string;

  beforeAll(async () => {
    await ensurePackages(['ejabberd'], { log: console.log });
    const dir = mkdtempSync(join(tmpdir(), 'guildhall-federation-'));
    atEnd(() => rmSync(dir, { recursive: true, force: true }));
    const addresses = (await freeAddresses()) ?? ['127.0.0.2', '127.0.0.3'];
    const certificates = await ensureCertificates(join(dir, 'certificates'), [...domains]);
    authority = certificates.authority;
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority, 'utf8')]);
    const prefixes = ['', 'pubsub.', 'rooms.', 'users.'];
    const hosts = new Map(
      domains.flatMap((domain, at) =>
        prefixes.map((prefix) => [`${prefix}${domain}`, addresses[at] as string] as const),
      ),
    );
    const [prosodyOptions, ejabberd] = await Promise.all(
      domains.map(async (domain, at) => {
        const certificate = certificates.servers.get(domain);
        if (!certificate) throw new Error(`no certificate for ${domain}`);
        return {
          dir: join(dir, domain),
          logFile: join(dir, 'log', `${domain}.log`),
          domain,
          address: addresses[at] as string,
          c2sPort: await freePort(addresses[at]),
          componentPort: await freePort(addresses[at]),
          hosts,
          authority,
          certificate,
        };
      }),
    );
    if (!prosodyOptions || !ejabberd) throw new Error('two servers expected');
    ejabberdOptions = ejabberd;
    atEnd(() => Promise.all(Object.values(servers).map((server) => server.stop())));
    servers['agents.test'] = await startProsody(prosodyOptions);
    servers['jabberd.test'] = await startEjabberd(ejabberd);
  }, installTimeoutMs);

  test("an ordinary account's public node on the ejabberd is read from the Prosody, with its publisher where its owner wants that", async () => {
    const node = `node-${randomBytes(4).toString('hex')}`;
    const to = 'pubsub.jabberd.test';
    const [publisher, reader] = await Promise.all([
      openAccount(servers['jabberd.test']),
      openAccount(servers['agents.test']),
    ]);
    try {
      const item = xml('item', { id: 'one' }, xml('note', { xmlns: 'urn:example:note' }, 'hello'));
      await publisher.request('set', xml('pubsub', { xmlns: NS_PUBSUB }, xml('publish', { node }, item)), to);
      const read = async () => {
        const answer = await reader.request('get', pubsubItemsQuery(node, 10), to);
        return readPubsubItems(answer.getChild('pubsub') as Element).items[0];
      };
      expect((await read())?.payload?.text()).toBe('hello');
      expect((await read())?.publisher).toBeNull();
      // It names the publisher only where the node's owner says so.
      const form = formOf(`${NS_PUBSUB}#node_config`, 'submit', { 'pubsub#itemreply': 'publisher' });
      const configure = xml('configure', { node }, form);
      await publisher.request('set', xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, configure), to);
      expect((await read())?.publisher).toMatch(new RegExp(`^${publisher.bareJid}(/|$)`));
    } finally {
      await Promise.all([publisher.close(), reader.close()]);
    }
  });

  describe("the bot's session on the ejabberd", () => {
    const ready = (session: Session) => until('the session is ready', async () => session.ready, 20_000);

    test('counts every stanza: after 500 answered questions each way it is resumed, and nothing comes twice', async () => {
      const bot = await startSession(servers['jabberd.test'], 'bot');
      const peer = await startSession(servers['agents.test'], 'peer');
      await Promise.all([ready(bot.session), ready(peer.session)]);
      const { session } = bot;
      const ping = () => xml('ping', { xmlns: NS_PING });
      const rounds = 500;
      const before = session.received;
      const asked = await Promise.all(
        Array.from({ length: rounds }, () => [
          session.ask('peer@agents.test/r', 'get', ping(), 20_000),
          peer.session.ask('bot@jabberd.test/r', 'get', ping(), 20_000),
        ]).flat(),
      );
      expect(asked.filter(({ kind }) => kind !== 'result')).toEqual([]);
      expect(session.received - before).toBe(2 * rounds);
      // The server compares h with what it sent: it resumes, and sends nothing twice.
      cut(session);
      await until('the session is down', async () => !session.ready);
      await ready(session);
      expect((await session.ask('peer@agents.test/r', 'get', ping(), 10_000)).kind).toBe('result');
      expect([bot.fresh(), bot.queries.length]).toEqual([1, rounds]);
      // The two further ones are the answers to this question and to the session's own after it resumed.
      expect(session.received - before).toBe(2 * rounds + 2);
      expect(new Set(peer.queries).size).toBe(peer.queries.length);
    });

    test('gets what was sent to it while it was cut', async () => {
      const bot = await startSession(servers['jabberd.test'], 'bot');
      const peer = await startSession(servers['agents.test'], 'peer');
      await Promise.all([ready(bot.session), ready(peer.session)]);
      const bodies = Array.from({ length: 60 }, (_, at) => `message ${at}`);
      for (const [at, body] of bodies.entries()) {
        if (at % 20 === 10) cut(bot.session);
        peer.session.send(xml('message', { to: 'bot@jabberd.test/r', type: 'chat' }, xml('body', {}, body)));
        await wait(20);
      }
      await until('every message is there', async () => bot.messages.length >= bodies.length, 20_000);
      expect([...bot.messages].sort()).toEqual([...bodies].sort());
      expect(bot.fresh()).toBe(1);
    });
  });

  describe.each<{ home: Domain; elsewhere: Domain[] }>([
    { home: 'agents.test', elsewhere: ['jabberd.test'] },
    { home: 'jabberd.test', elsewhere: ['agents.test', 'jabberd.test'] },
  ])('a directory whose account is on $home', ({ home, elsewhere }) => {
    const atEnd = endOfSuite();
    let directory: TestDirectory;
    let functions: Functions;
    let worker: Awaited<ReturnType<typeof runWorker>>;

    beforeAll(async () => {
      directory = await createDirectory({ ...servers[home], ca: authority });
      [functions, worker] = await Promise.all([
        runFunctions(directory),
        runWorker(directory, undefined, domains.join(',')),
      ]);
      atEnd(() => Promise.all([worker.stop(), functions.stop()]));
    });

    const shown = (jid: string): Promise<AgentJson | null> => agentOverHttp(functions.url, jid);
    const listed = (jid: string, names: string[], timeoutMs?: number) =>
      listedBy(functions, jid, names, timeoutMs);
    const isOnline = async (jid: string) => (await shown(jid))?.availability?.online;

    test('visits both servers and their components, and lists nothing of what they offer themselves', async () => {
      for (const domain of domains) {
        for (const jid of [domain, `pubsub.${domain}`, `rooms.${domain}`]) {
          await until(`${jid} is visited`, async () =>
            worker.logged.some(
              ({ event, details }) => event === 'visit' && details.jid === jid && details.reachable,
            ),
          );
          expect(await shown(jid)).toBeNull();
        }
      }
    });

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
        const response = await fetch(`${functions.url}/v1/listings?q=feet%20domain:${domain}`);
        const found = (await response.json()) as { items: ListingJson[] };
        expect(found.items.map((item) => item.id)).toContain(listing?.id);
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
          formOf(NS_LISTING, 'result', { name: 'Hum to me', command: 'tune' }),
        );
        await agent.publish(NS_LISTING, 'urn:x:convert', fixture('guildhall/listing.xml'));
        await listed(agent.jid, ['Convert currency', 'Hum to me']);
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
        domains.map((domain) =>
          startAgent({ directory: directory.jid, server: servers[domain], commands: { convert } }),
        ),
      );
      for (const agent of agents) await listed(agent.jid, ['Convert feet']);
      // Killed before that, it would have forgotten the accounts.
      await wait(writtenWithinMs);
      servers['jabberd.test'].kill();
      await servers['jabberd.test'].exited;
      servers['jabberd.test'] = await startEjabberd(ejabberdOptions);

      const [onProsody, onEjabberd] = agents as [TestAgent, TestAgent];
      await until('the bot is back', async () => worker.session.ready, 20_000);
      const again = await startAgent({
        directory: directory.jid,
        server: servers['jabberd.test'],
        username: onEjabberd.jid.split('@')[0] as string,
        commands: { convert, tune },
        subscribe: false,
      });
      expect(again.jid).toBe(onEjabberd.jid);
      await listed(again.jid, ['Convert feet', 'Name that tune'], 20_000);
      await until('the one that stayed is online', () => isOnline(onProsody.jid), 20_000);
      expect(await isOnline(again.jid)).toBe(true);
    }, 90_000);
  });
});

function formOf(formType: string, type: 'submit' | 'result', values: { [name: string]: string }): Element {
  const fields = Object.entries({ FORM_TYPE: formType, ...values }).map(([name, value]) =>
    textField(name, { type: name === 'FORM_TYPE' ? 'hidden' : 'text-single', values: [value] }),
  );
  return writeForm({ type, title: null, instructions: null, reported: [], items: [], fields });
}

async function openAccount({ service, domain }: XmppServer) {
  const username = `u${randomBytes(5).toString('hex')}`;
  const password = 'test';
  await registerAccount({ service, domain, username, password });
  return openSession({
    ...{ service, domain, username, password, resource: '' },
    onStanza: () => undefined,
    onEnd: () => undefined,
  });
}

/** The bot's own session with an account that answers every question, until the test is done. */
async function startSession({ service, domain }: XmppServer, username: string) {
  await registerAccount({ service, domain, username, password: 'test' });
  const queries: string[] = [];
  const messages: string[] = [];
  let fresh = 0;
  const session: Session = new Session({
    xmpp: { service, domain, username, password: 'test', resource: 'r' },
    log: () => undefined,
    handlers: {
      onPresence: () => undefined,
      onMessage: (stanza) => messages.push(stanza.getChildText('body') ?? ''),
      onQuery: ({ attrs: { from, id } }) => {
        queries.push(`${from} ${id}`);
        session.send(xml('iq', { type: 'result', to: from, id }));
      },
      onFreshSession: () => {
        fresh++;
        session.send(xml('presence'));
      },
    },
  });
  onTestFinished(() => session.stop());
  session.start();
  return { session, queries, messages, fresh: () => fresh };
}

/** Cuts the TCP connection as a network would. */
function cut(session: Session): void {
  const { socket } = session.emitter as unknown as { socket: { socket?: { destroy(): void } } | null };
  socket?.socket?.destroy();
}

/** Takes what is to be done after the suite's tests, the last first: a hook cannot be added once the tests run. */
function endOfSuite(): (step: () => unknown) => void {
  const steps: (() => unknown)[] = [];
  afterAll(async () => {
    for (const step of steps.reverse()) await step();
  });
  return (step) => {
    steps.push(step);
  };
}

/** Waits until the agent's listings have these names. */
async function listedBy(
  functions: Functions,
  jid: string,
  names: string[],
  timeoutMs?: number,
): Promise<ListingJson[]> {
  const wanted = JSON.stringify([...names].sort());
  let seen: ListingJson[] = [];
  let seenNames = '';
  await until(
    `${jid} lists ${wanted}`,
    async () => {
      seen = (await agentOverHttp(functions.url, jid))?.listings ?? [];
      seenNames = JSON.stringify(seen.map(({ name }) => name).sort());
      return seenNames === wanted;
    },
    timeoutMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it lists ${seenNames}`);
  });
  return seen;
}
