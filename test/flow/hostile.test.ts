import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { makeVisitDue, revisitMinMs } from '../../db/queue.ts';
import type { Listing } from '../../market/listing.ts';
import { writeCommandNotice } from '../../protocol/command-notice.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { writeInfo, writeItems } from '../../protocol/disco.ts';
import { parseJid } from '../../protocol/jid.ts';
import {
  NS_AGENTCARD,
  NS_COMMANDS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_NOINDEX,
  NS_PUBSUB_EVENT,
} from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startGateway } from '../../scripts/specialists/gateway/gateway.ts';
import type { Endpoint } from '../../scripts/specialists/gateway/tool.ts';
import { crawlLoopLimits } from '../../worker/crawl.ts';
import { pageLimits } from '../../worker/item-pages.ts';
import { sourceLimits } from '../../worker/sources/source.ts';
import { startAgent, type TestCommand } from '../support/agent.ts';
import { pageOf, startComponent } from '../support/component.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';

/** The directory and those who mean well are on the first server; those who do not, on the last. */
let home: OwnServer;
let far: OwnServer;

beforeAll(async () => {
  const { servers } = await ownNetwork();
  [home, far] = [servers[0], servers.at(-1)] as [OwnServer, OwnServer];
});

type Bot = TestDirectory & Awaited<ReturnType<typeof runWorker>>;

/** A directory of the test's own, with nothing queued by the tests before. */
async function startBot(): Promise<Bot> {
  const directory = await createDirectory(home);
  const worker = await runWorker(directory);
  onTestFinished(() => worker.stop());
  return { ...directory, ...worker };
}

const tune: TestCommand = { name: 'Name that tune', fields: [textField('tune')] };

async function rowsOf<Row>(bot: Bot, query: ReturnType<typeof sql>): Promise<Row[]> {
  return ((await bot.db.execute(query)) as unknown as { rows: Row[] }).rows;
}

async function listingsOf(bot: Bot, jid: string): Promise<Listing[]> {
  const rows = await rowsOf<{ body: Listing }>(
    bot,
    sql`select body from listing where jid = ${jid} order by name`,
  );
  return rows.map(({ body }) => body);
}

async function listed(bot: Bot, jid: string, names: string[], timeoutMs?: number): Promise<Listing[]> {
  const wanted = JSON.stringify([...names].sort());
  return until(
    `${jid} lists ${wanted}`,
    async () => {
      const listings = await listingsOf(bot, jid);
      return JSON.stringify(listings.map(({ name }) => name).sort()) === wanted && listings;
    },
    timeoutMs,
  );
}

const visitsOf = (bot: Bot, jid: string) =>
  bot.logged.filter(({ event, details }) => event === 'visit' && details.jid === jid).length;

/** Waits for a visit of the entity that ends after now. */
async function visit(bot: Bot, jid: string): Promise<void> {
  const before = visitsOf(bot, jid);
  await makeVisitDue(bot.db, { jid, domain: parseJid(jid).domain });
  await until(`${jid} is visited`, async () => visitsOf(bot, jid) > before, 15_000);
}

async function entities(bot: Bot, domain: string): Promise<string[]> {
  const rows = await rowsOf<{ jid: string }>(
    bot,
    sql`select jid from entity where domain = ${domain} order by jid`,
  );
  return rows.map(({ jid }) => jid);
}

/** What must hold whatever was done to the directory: the same session stands, and others are served within seconds. */
async function expectUnharmed(bot: Bot, timeoutMs = 5_000): Promise<void> {
  const another = await startAgent({ directory: bot.jid, server: home, commands: { tune } });
  await listed(bot, another.jid, ['Name that tune'], timeoutMs);
  const sessions = bot.logged.filter(({ event }) => event === 'xmpp-online');
  const broken = bot.logged.filter(({ level }) => level === 'error');
  expect([sessions.length, bot.session.ready, broken]).toEqual([1, true, []]);
}

/** How often a second something is sent, for so long, as far as this machine keeps up. */
async function flood(perSecond: number, seconds: number, send: (at: number) => void): Promise<number> {
  const started = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - started) / 1_000) {
    for (; sent < elapsed * perSecond; sent++) send(sent);
    await wait(5);
  }
  return sent;
}

const agentInfo = (...forms: Parameters<typeof writeInfo>[0]['forms']) =>
  writeInfo({
    node: null,
    identities: [{ category: 'automation', type: 'agent', name: null, lang: null }],
    features: [NS_COMMANDS],
    forms,
  });

const directoryInfo = () =>
  xml('query', { xmlns: NS_DISCO_INFO }, xml('identity', { category: 'directory', type: 'agents' }));

const listingForm = (...fields: Field[]) =>
  form('result', [field('FORM_TYPE', NS_LISTING, 'hidden'), ...fields]);

const queryIn = (iq: Element, xmlns: string, node?: string) => {
  const query = iq.getChild('query', xmlns);
  return query && (query.attrs.node || undefined) === node ? query : undefined;
};

describe('a component with a million items', () => {
  test('is read to a limit, and what it names does not keep others from being visited', async () => {
    const bot = await startBot();
    const { domain } = far.component;
    const component = await startComponent(far.component, ({ to, query }) => {
      if (query.is('query', NS_DISCO_INFO)) return directoryInfo();
      // Each address has a million items of its own.
      const nameOf = (at: number) => (to === domain ? `${at}` : `${to.split('@')[0]}-${at}`);
      return query.is('query', NS_DISCO_ITEMS)
        ? pageOf(query, 1_000_000, (at) => ({ jid: `${nameOf(at)}@${domain}`, node: null, name: null }))
        : undefined;
    });
    await visit(bot, domain);
    const pagesOf = (address: string) =>
      component.asked.filter(({ to, query }) => to === address && query.is('query', NS_DISCO_ITEMS)).length;
    expect(pagesOf(domain)).toBe(pageLimits.itemsMax / pageLimits.pageItemsMax + 1);
    expect((await entities(bot, domain)).length).toBe(1 + sourceLimits.childrenMax);
    await expectUnharmed(bot);
    await visit(bot, `0@${domain}`);
    await expectUnharmed(bot);
    // Accounts lead no further.
    expect((await entities(bot, domain)).length).toBe(1 + sourceLimits.childrenMax);
  });

  test('whose tree of nodes has no end is walked to a limit', async () => {
    const bot = await startBot();
    const { domain } = far.component;
    const component = await startComponent(far.component, ({ query }) => {
      if (query.is('query', NS_DISCO_INFO)) return directoryInfo();
      if (!query.is('query', NS_DISCO_ITEMS)) return undefined;
      const { node = 'n' } = query.attrs;
      const items = Array.from({ length: 50 }, (_, at) => ({
        jid: domain,
        node: `${node}.${at}`,
        name: null,
      }));
      return writeItems({ node: query.attrs.node ?? null, items, rsm: null });
    });
    await visit(bot, domain);
    const lists = component.asked.filter(({ query }) => query.is('query', NS_DISCO_ITEMS));
    expect(lists.length).toBeLessThanOrEqual(1 + sourceLimits.treeNodesMax);
    await expectUnharmed(bot);
  });
});

describe('items', () => {
  test.runIf(inject('stack').federated)(
    'that go in a circle across two domains are visited once each',
    async () => {
      const bot = await startBot();
      const listing = (of: string) =>
        startComponent(of === far.component.domain ? home.component : far.component, ({ query }) => {
          if (query.is('query', NS_DISCO_INFO)) return directoryInfo();
          return query.is('query', NS_DISCO_ITEMS)
            ? writeItems({ node: null, items: [{ jid: of, node: null, name: null }], rsm: null })
            : undefined;
        });
      const [near, distant] = [await listing(far.component.domain), await listing(home.component.domain)];
      // Each is due at once where the other names it anew.
      await visit(bot, near.domain);
      await visit(bot, distant.domain);
      const before = [near, distant].map(({ domain }) => visitsOf(bot, domain));
      await expectUnharmed(bot);
      await visit(bot, `sentinel@${home.domain}`);
      expect([near, distant].map(({ domain }) => visitsOf(bot, domain))).toEqual(before);
    },
  );

  test("that name others' addresses say nothing of those, and lead nowhere that the operator did not allow", async () => {
    const bot = await startBot();
    const victim = await startAgent({
      directory: bot.jid,
      server: home,
      commands: { tune },
      subscribe: false,
    });
    const named = [victim.jid, victim.fullJid, 'someone@elsewhere.example', '127.0.0.1', 'localhost'];
    const component = await startComponent(far.component, ({ to, query }) => {
      if (to !== far.component.domain) return undefined;
      if (query.is('query', NS_DISCO_INFO))
        return agentInfo(listingForm(field('name', 'Its own offer'), field('command', 'own')));
      if (!query.is('query', NS_DISCO_ITEMS)) return undefined;
      const node = query.attrs.node ?? null;
      const items = [...named, to].map((jid) => ({
        jid,
        node: node && (jid === to ? 'own' : 'stolen'),
        name: 'Stolen',
      }));
      return writeItems({ node, items, rsm: null });
    });
    await visit(bot, component.domain);
    await until('the victim is visited', async () => visitsOf(bot, victim.jid) > 0);
    expect(await listingsOf(bot, victim.jid)).toEqual([]);
    expect([await entities(bot, 'elsewhere.example'), await entities(bot, '127.0.0.1')]).toEqual([[], []]);
    expect((await listingsOf(bot, component.domain)).map(({ node }) => node)).toEqual(['own']);
    await expectUnharmed(bot);
  });
});

describe('a form', () => {
  test('with fields twice, without bounds or that contradict each other is read as far as it makes sense', async () => {
    const bot = await startBot();
    const agent = await startAgent({ directory: bot.jid, server: home, subscribe: false });
    agent.infoForms = [
      listingForm(
        field('name', 'The first name'),
        field('name', 'The second name'),
        field('description', 'd'.repeat(30_000)),
        field(
          'tags',
          Array.from({ length: 400 }, (_, at) => `tag ${at} ${'x'.repeat(100)}`),
        ),
        field('price_amount', ['1', '2']),
        field('price_currency', 'EUR'),
        field('price_currency', 'USD'),
        field('lat', '91'),
        field('lon', '16'),
        field('icon', 'data:image/svg+xml;base64,AAAA'),
        field('terms', 'javascript:alert(1)'),
        field('relay', ['allow', 'deny']),
        field('index', 'perhaps'),
      ),
    ];
    agent.subscribe();
    const [listing] = await listed(bot, agent.jid, ['The first name']);
    expect(listing).toMatchObject({
      price: { amount: '1', currency: 'EUR', unit: 'call' },
      location: null,
      icon: null,
    });
    expect(listing?.description?.length).toBeLessThanOrEqual(4_000);
    expect([listing?.tags.length, Math.max(...(listing?.tags ?? []).map((tag) => tag.length))]).toEqual([
      30, 60,
    ]);
    await expectUnharmed(bot);
  });

  test('of a command that says the same twice or contradicts itself has each input once', async () => {
    const bot = await startBot();
    const fields = [
      textField('amount', {
        type: 'list-single',
        options: [{ label: null, value: 'a' }],
        values: ['not offered'],
      }),
      textField('amount', { type: 'boolean' }),
      textField('low', {
        validation: { datatype: 'xs:integer', method: 'range', min: '10', max: '1', regex: null },
      }),
      textField('evil', {
        validation: { datatype: 'xs:string', method: 'regex', min: null, max: null, regex: '^(a+)+$' },
      }),
      textField('__proto__', { required: true }),
    ];
    const agent = await startAgent({
      directory: bot.jid,
      server: home,
      commands: { odd: { name: 'Odd', fields } },
    });
    const [listing] = await listed(bot, agent.jid, ['Odd']);
    expect(listing?.inputs.map(({ name, type }) => [name, type]).slice(0, 3)).toEqual([
      ['amount', 'enum'],
      ['low', 'integer'],
      ['evil', 'string'],
    ]);
    expect(JSON.stringify(listing?.inputSchema)).not.toContain('(a+)+');
    await expectUnharmed(bot);
  });

  test('whose owner says in one place to index it and in another not to is not indexed', async () => {
    const bot = await startBot();
    const agent = await startAgent({
      directory: bot.jid,
      server: home,
      commands: { tune },
      subscribe: false,
    });
    agent.infoForms = [
      listingForm(field('name', 'Yes'), field('index', 'allow')),
      listingForm(field('name', 'No'), field('index', 'deny')),
    ];
    agent.subscribe();
    await until('it is visited', async () => visitsOf(bot, agent.jid) > 0);
    expect(await listingsOf(bot, agent.jid)).toEqual([]);
  });
});

describe('answers', () => {
  const noindex = () => xml('query', { xmlns: NS_DISCO_INFO }, xml('feature', { var: NS_NOINDEX }));
  const reply = (iq: Element, payload: Element) =>
    xml('iq', { type: 'result', to: iq.attrs.from, id: iq.attrs.id }, payload);

  test('that come twice count once: the first', async () => {
    const bot = await startBot();
    const agent = await startAgent({
      directory: bot.jid,
      server: home,
      commands: { tune },
      subscribe: false,
    });
    agent.intercept = (iq) => {
      if (!queryIn(iq, NS_DISCO_INFO)) return undefined;
      agent.send(reply(iq, agentInfo()));
      agent.send(reply(iq, noindex()));
      return noindex();
    };
    agent.subscribe();
    await listed(bot, agent.jid, ['Name that tune']);
    await expectUnharmed(bot);
    await listed(bot, agent.jid, ['Name that tune']);
  });

  test("that come too late are nobody's", async () => {
    const bot = await startBot();
    const agent = await startAgent({
      directory: bot.jid,
      server: home,
      commands: { tune },
      subscribe: false,
    });
    const late: Element[] = [];
    let isSlow = true;
    agent.intercept = (iq) => {
      if (!isSlow || !queryIn(iq, NS_DISCO_INFO)) return undefined;
      late.push(iq);
      return 'silence';
    };
    agent.subscribe();
    await until('the answer is given up', async () => visitsOf(bot, agent.jid) > 0, 15_000);
    isSlow = false;
    for (const iq of late) agent.send(reply(iq, noindex()));
    await expectUnharmed(bot);
    await listed(bot, agent.jid, ['Name that tune'], 15_000);
    expect(late.length).toBeGreaterThan(0);
  });

  test('that never come hold up nobody else', async () => {
    const bot = await startBot();
    const silent = await Promise.all(
      Array.from({ length: 12 }, () =>
        startAgent({ directory: bot.jid, server: home, commands: { tune }, subscribe: false }),
      ),
    );
    for (const agent of silent) {
      agent.intercept = () => 'silence';
      agent.subscribe();
    }
    await until('they are asked', async () => visitsOf(bot, silent[0]?.jid ?? '') > 0, 20_000);
    await expectUnharmed(bot, 15_000);
    for (const { jid } of silent) expect(visitsOf(bot, jid)).toBeLessThanOrEqual(3);
  });
});

describe('a flood', () => {
  test('of 1,000 notifications a second costs its sender visits at the usual distance, and nobody else anything', async () => {
    const bot = await startBot();
    const agent = await startAgent({ directory: bot.jid, server: home, commands: { tune } });
    await listed(bot, agent.jid, ['Name that tune']);
    const before = visitsOf(bot, agent.jid);
    const event = xml(
      'event',
      { xmlns: NS_PUBSUB_EVENT },
      xml('items', { node: NS_AGENTCARD }, xml('item', { id: 'current' })),
    );
    const items = [{ jid: agent.fullJid, node: 'tune', name: 'Tune' }];
    const seconds = 6;
    const flooding = flood(1_000, seconds, (at) =>
      agent.send(
        at % 2
          ? writeCommandNotice(bot.jid, items)
          : xml('message', { to: bot.jid, type: 'headline' }, event),
      ),
    );
    await expectUnharmed(bot);
    expect(await flooding).toBeGreaterThan(1_000);
    const most = Math.ceil((seconds * 1_000) / revisitMinMs) + 2;
    expect(visitsOf(bot, agent.jid) - before).toBeLessThanOrEqual(most);
    await expectUnharmed(bot);
  });

  test('of presence from an agent that flaps on and off leads to few visits, and to the truth in the end', async () => {
    const bot = await startBot();
    const agent = await startAgent({ directory: bot.jid, server: home, commands: { tune } });
    await listed(bot, agent.jid, ['Name that tune']);
    const before = visitsOf(bot, agent.jid);
    const seconds = 5;
    const flapping = flood(200, seconds, (at) => (at % 2 ? agent.online() : agent.offline()));
    await expectUnharmed(bot);
    await flapping;
    agent.offline();
    await until('it is offline', async () => {
      const rows = await rowsOf(bot, sql`select from presence where jid = ${agent.jid}`);
      return rows.length === 0;
    });
    expect(visitsOf(bot, agent.jid) - before).toBeLessThanOrEqual(
      Math.ceil((seconds * 1_000) / revisitMinMs) + 2,
    );
    expect(agent.executed.get('tune')).toBe(1);
    await expectUnharmed(bot);
  });

  test('of presence from strangers is not even remembered', async () => {
    const bot = await startBot();
    const component = await startComponent(far.component, () => undefined);
    const stranger = (at: number) => `stranger${at}@${component.domain}/r${at}`;
    const sending = flood(1_000, 4, (at) =>
      component.send(
        xml(
          'presence',
          { from: stranger(at), to: at % 2 ? bot.jid : `${bot.jid}/guildhall` },
          xml('status', {}, 'Hi'),
        ),
      ),
    );
    await expectUnharmed(bot);
    await sending;
    await expectUnharmed(bot);
    const remembered = await rowsOf(
      bot,
      sql`
      select jid from entity where jid like 'stranger%' union select jid from presence where jid like 'stranger%'`,
    );
    expect(remembered).toEqual([]);
  });

  test('of strangers who subscribe holds up nobody else', async () => {
    const bot = await startBot();
    const component = await startComponent(far.component, () => undefined);
    const sending = flood(100, 3, (at) =>
      component.send(
        xml('presence', { type: 'subscribe', from: `many${at}@${component.domain}`, to: bot.jid }),
      ),
    );
    await expectUnharmed(bot, 15_000);
    await sending;
    await expectUnharmed(bot, 15_000);
    const [held] = await rowsOf<{ count: number }>(
      bot,
      sql`select count(*)::int as count from entity where domain = ${component.domain} and lease_by is not null`,
    );
    expect(held?.count).toBeLessThanOrEqual(crawlLoopLimits.visitsPerDomainMax);
  });
});

describe('a stanza', () => {
  const deep = (levels: number) => {
    const root = xml('query', { xmlns: NS_DISCO_INFO });
    let at = root;
    for (let level = 0; level < levels; level++) {
      const child = xml('a');
      at.append(child);
      at = child;
    }
    return root;
  };
  /** As text: to write so deep a tree overflows the library. */
  const deepText = (levels: number) =>
    `<query xmlns='${NS_DISCO_INFO}'>${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}</query>`;

  test.each<[string, () => Element]>([
    ['5,000 elements deep', () => raw(deepText(5_000))],
    ['just within the depth that is read', () => deep(30)],
    ['with 200 kB of text', () => xml('query', { xmlns: NS_DISCO_INFO }, 'x'.repeat(200_000))],
    [
      'with a name of 200 kB',
      () =>
        xml(
          'query',
          { xmlns: NS_DISCO_INFO },
          xml('identity', { category: 'a', type: 'b', name: 'é'.repeat(100_000) }),
        ),
    ],
    [
      'with 10,000 elements',
      () =>
        xml(
          'query',
          { xmlns: NS_DISCO_INFO },
          Array.from({ length: 10_000 }, (_, at) => xml('feature', { var: `${at}` })),
        ),
    ],
  ])(
    '%s, as an answer, a message and a presence, ends neither the session nor the look',
    async (_what, payload) => {
      const bot = await startBot();
      const { domain } = far.component;
      const own = `own@${domain}`;
      const component = await startComponent(far.component, ({ to, query }) => {
        if (query.is('query', NS_DISCO_INFO))
          return to === own ? agentInfo(listingForm(field('name', 'Still here'))) : payload();
        if (!query.is('query', NS_DISCO_ITEMS)) return payload();
        return writeItems({
          node: null,
          items: to === domain ? [{ jid: own, node: null, name: null }] : [],
          rsm: null,
        });
      });
      for (const name of ['message', 'presence'])
        component.send(xml(name, { from: domain, to: `${bot.jid}/guildhall` }, payload()));
      await visit(bot, domain);
      await listed(bot, own, ['Still here']);
      await expectUnharmed(bot);
    },
  );
});

describe('a schema', () => {
  test('with evil patterns and remote references is listed without them, and nothing is run or fetched', async () => {
    const bot = await startBot();
    const evil = '^(([a-z])+.)+[A-Z]([a-z])+$';
    const hostile: Endpoint = {
      account: 'hostile',
      title: 'Hostile',
      description: 'Means no good.',
      version: '1',
      tools: [
        {
          name: 'evil',
          title: 'Evil',
          description: '',
          tags: [],
          inputSchema: {
            type: 'object',
            properties: {
              code: { type: 'string', pattern: evil },
              remote: { $ref: 'http://169.254.169.254/latest/meta-data' },
            },
          },
          outputSchema: { type: 'string' },
          run: () => ({}),
        },
      ],
    };
    const gateway = await startGateway({ ...far.component, endpoints: [hostile] });
    onTestFinished(() => gateway.stop());
    await visit(bot, far.component.domain);
    const [listing] = await listed(bot, `hostile@${far.component.domain}`, ['Evil']);
    expect(listing?.inputs.map(({ name, type, pattern }) => [name, type, pattern])).toEqual([
      ['code', 'string', evil],
      ['remote', 'string', null],
    ]);
    expect(JSON.stringify(listing?.inputSchema)).not.toMatch(/169\.254|\$ref|pattern/);
  });
});

/** What is written as the text. */
function raw(text: string): Element {
  const write = (take: (part: string) => void) => take(text);
  return Object.assign(xml('query', { xmlns: NS_DISCO_INFO }), { write });
}
