import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { NS_AGENT_DIRECTORY } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { type DiscoItems, readItems } from '../../protocol/disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_RSM, NS_SEARCH } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { type AskedCommand, askCommand } from '../support/ask-command.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { parseXml } from '../support/xml.ts';

const shelfSize = 230;
const hostileTag = `a/b & <c> "d" 'e' %2f \\40 ü 漢`;

let directory: RunningDirectory;
let address: string;

beforeAll(async () => {
  directory = await startDirectory();
  address = `${directory.jid}/guildhall`;
  const many = Array.from({ length: shelfSize }, (_, at) => ({
    node: `n${at}`,
    name: `Thing ${String(at % 100).padStart(3, '0')}`,
    tags: ['things', `t${String(at).padStart(3, '0')}`],
    category: 'toys',
    price: { amount: '1.5', currency: 'EUR', unit: 'call' },
  }));
  await writeIndex(
    directory.db,
    [
      indexOf('shop@toys.works.test', many),
      indexOf('odd@works.test', [{ node: 'odd', name: 'Odd <thing>', tags: [hostileTag] }]),
      indexOf('http@works.test', [
        {
          node: 'web',
          name: 'Over HTTP',
          call: { protocol: 'http-jsonrpc', node: null, url: 'https://x.example/rpc', relay: false },
        },
      ]),
    ],
    0,
  );
});

const stranger = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });

type Asked = { max?: string; after?: string; before?: string; index?: string };

async function items(agent: TestAgent, node: string | null, rsm: Asked | null = null): Promise<DiscoItems> {
  const set =
    rsm &&
    xml(
      'set',
      { xmlns: NS_RSM },
      Object.entries(rsm).map(([name, text]) => xml(name, {}, text)),
    );
  const reply = await agent.ask('get', xml('query', { xmlns: NS_DISCO_ITEMS, node }, set), address);
  return readItems(reply.getChild('query', NS_DISCO_ITEMS) as Element);
}

const nodes = (page: DiscoItems) => page.items.map(({ node }) => node);

/** Follows `<last/>` to the end of the list. */
async function all(agent: TestAgent, node: string, max: string): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: DiscoItems = await items(agent, node, after ? { max, after } : { max });
    found.push(...nodes(page));
    after = page.rsm?.last ?? null;
  }
  return found;
}

const command = (agent: TestAgent, node: string, asked: AskedCommand = {}) =>
  askCommand(agent, address, node, asked);

test('the endpoints of Agent Gateways are listed by their own addresses, page by page, and nobody else is', async () => {
  const tools = (jid: string) =>
    indexOf(jid, [
      {
        kind: 'tool',
        node: 'add',
        name: 'Add',
        call: { protocol: 'agent-task', node: 'add', url: null, relay: false },
      },
    ]);
  const jids = ['a@gate.works.test', 'b@gate.works.test', 'c@gate.works.test'];
  await writeIndex(directory.db, jids.map(tools), 0);
  const agent = await stranger();
  const page = async (rsm: Asked | null) =>
    (await items(agent, NS_AGENT_DIRECTORY, rsm)).items.map(({ jid, node }) => [jid, node]);
  const listed = jids.map((jid) => [jid, null]);
  expect(await page(null)).toEqual(listed);
  expect(await page({ max: '2' })).toEqual(listed.slice(0, 2));
  expect(await page({ max: '2', after: 'b@gate.works.test' })).toEqual(listed.slice(2));
  expect(await page({ max: '1', before: '' })).toEqual(listed.slice(2));
});

describe('a shelf', () => {
  test('is read in pages of at most 100, each listing once, those with one name in one order', async () => {
    const agent = await stranger();
    for (const max of ['7', '100', '1000000000']) {
      const found = await all(agent, 'tags/things', max);
      expect(found).toHaveLength(shelfSize);
      expect(new Set(found).size).toBe(shelfSize);
    }
    const first = await items(agent, 'tags/things');
    expect(first.items).toHaveLength(100);
    expect(first.rsm).toMatchObject({ count: shelfSize, last: expect.any(String) });
    expect(first.items[0]).toMatchObject({ jid: address, name: 'Thing 000' });
    expect(await items(agent, 'tags/things', { max: '0' })).toMatchObject({
      items: [],
      rsm: { first: null, last: null, count: shelfSize },
    });
  });

  test('is the same whichever way it is reached', async () => {
    const agent = await stranger();
    const found = await all(agent, 'tags/things', '100');
    for (const node of [
      'categories/toys',
      'domains/toys.works.test',
      'agents/shop@toys.works.test',
      'tags/THINGS',
    ]) {
      expect(await all(agent, node, '100')).toEqual(found);
    }
    expect(nodes(await items(agent, 'domains'))).toContain('domains/toys.works.test');
    expect(nodes(await items(agent, 'categories'))).toContain('categories/toys');
    expect((await items(agent, 'domains/works.test', { max: '0' })).rsm?.count).toBeGreaterThan(shelfSize);
  });

  test('of values is read forwards and backwards, from any place', async () => {
    const agent = await stranger();
    const page = (rsm: Asked) => items(agent, 'tags', rsm);
    expect(nodes(await page({ max: '2', after: 't100' }))).toEqual(['tags/t101', 'tags/t102']);
    expect(nodes(await page({ max: '2', before: 't100' }))).toEqual(['tags/t098', 'tags/t099']);
    expect(nodes(await page({ max: '2', after: 't100 was never there' }))).toEqual([
      'tags/t101',
      'tags/t102',
    ]);
    const last = await page({ max: '1', before: '' });
    expect(nodes(last)).toEqual(['tags/things']);
    expect(nodes(await page({ max: '1', after: last.rsm?.last ?? '' }))).toEqual([]);
  });

  test('of agents is read forwards and backwards', async () => {
    const agent = await stranger();
    const page = async (rsm: Asked) => nodes(await items(agent, 'agents', rsm));
    expect(await page({ max: '1', after: 'http@works.test' })).toEqual(['agents/odd@works.test']);
    expect(await page({ max: '1', before: 'odd@works.test' })).toEqual(['agents/http@works.test']);
    expect(await page({ max: '1', before: '' })).toHaveLength(1);
    expect(await page({ after: 'zzzz' })).toEqual([]);
  });

  test('whose value is made to break things is a node like any other', async () => {
    const agent = await stranger();
    const [item] = (await items(agent, `tags/${hostileTag}`)).items;
    expect(item?.name).toBe('Odd <thing>');
    const [called] = (await items(agent, item?.node ?? '')).items;
    expect(called).toMatchObject({ node: 'odd', name: 'Odd <thing>' });
  });

  test('leads to the agent also where it is called otherwise', async () => {
    const agent = await stranger();
    const [item] = (await items(agent, 'agents/http@works.test')).items;
    expect((await items(agent, item?.node ?? '')).items).toEqual([
      { jid: 'http@works.test', node: null, name: 'Over HTTP' },
    ]);
  });
});

describe('the directory refuses', () => {
  const long = 'x'.repeat(10_000);

  test.each(
    [
      'nothing',
      'tags/',
      'tags/never-used',
      'agents/nobody@works.test',
      'agents/@',
      'domains/-',
      'inputs/colour',
      'listings/',
      'listings/urn:air:works.test:u.x:command.x-aaaaaaaaaaaaaaaaaaaaaaaaaa',
      "listings/' or true --",
      'tags/a\u202eb',
      ' tags',
      long,
      `tags/${long}`,
      `listings/urn:air:${long}`,
    ].map((node) => ({ node, start: node.slice(0, 60) })),
  )('the node $start', async ({ node }) => {
    const agent = await stranger();
    await expect(items(agent, node)).rejects.toThrow('item-not-found');
    const info = xml('query', { xmlns: NS_DISCO_INFO, node });
    await expect(agent.ask('get', info, address)).rejects.toThrow('item-not-found');
  });

  test.each<[Asked, string]>([
    [{ max: '-1' }, 'bad-request'],
    [{ max: '1e9' }, 'bad-request'],
    [{ max: '' }, 'bad-request'],
    [{ max: '1', after: 'garbage' }, 'item-not-found'],
    [{ after: Buffer.from('["x","y","z"]').toString('base64url') }, 'item-not-found'],
    [{ after: 'a', before: 'b' }, 'bad-request'],
    [{ before: '' }, 'feature-not-implemented'],
    [{ index: '5' }, 'feature-not-implemented'],
    [{ index: '-5' }, 'bad-request'],
  ])('the page %j of listings', async (rsm, condition) => {
    await expect(items(await stranger(), 'tags/things', rsm)).rejects.toThrow(condition);
  });

  test('a page whose place is longer than any', async () => {
    await expect(items(await stranger(), 'tags', { after: long })).rejects.toThrow('bad-request');
  });

  test("a search that cannot be read, and somebody else's session", async () => {
    const agent = await stranger();
    const thief = await stranger();
    const { sessionId: sid } = await command(agent, 'search');
    await expect(command(thief, 'search', { sid, action: 'next', values: {} })).rejects.toThrow(
      'bad-sessionid',
    );
    const page = await command(agent, 'search', {
      sid,
      action: 'next',
      values: { query: 'tag:things', max: '1', FORM_TYPE: 'x', admin: '1', ['y'.repeat(500)]: 'z' },
    });
    expect(page.form?.items).toHaveLength(1);
    await expect(command(thief, 'search', { sid, action: 'next' })).rejects.toThrow('bad-sessionid');
    const { sessionId: other } = await command(agent, 'search');
    const tooLong = await command(agent, 'search', {
      sid: other,
      action: 'next',
      values: { query: 'x '.repeat(2_500) },
    });
    expect(tooLong.notes[0]?.text).toMatch(/^query: /);
    const { sessionId: shown } = await command(agent, 'show');
    await expect(
      command(agent, 'show', { sid: shown, action: 'complete', values: { id: 'urn:air:x' } }),
    ).rejects.toThrow('item-not-found');
  });

  test.each([
    [
      "<x xmlns='jabber:x:data' type='submit'><field var='kind'><value>king</value></field></x>",
      'bad-request',
    ],
    [
      "<x xmlns='jabber:x:data' type='submit'><field var='query'><value>near:1</value></field></x>",
      'bad-request',
    ],
    ["<x xmlns='jabber:x:data' type='surprise'/>", 'bad-request'],
    ['<nick>colour:red</nick>', 'bad-request'],
    [`<set xmlns='${NS_RSM}'><after>garbage</after></set>`, 'item-not-found'],
    [`<set xmlns='${NS_RSM}'><before/></set>`, 'feature-not-implemented'],
    [`<set xmlns='${NS_RSM}'><max>-1</max></set>`, 'bad-request'],
  ])('the search %s', async (content, condition) => {
    const agent = await stranger();
    const query = parseXml(`<query xmlns='${NS_SEARCH}'>${content}</query>`);
    await expect(agent.ask('set', query, address)).rejects.toThrow(condition);
  });

  test('nothing to a client that asks of a whole page at once', async () => {
    const agent = await stranger();
    const { items: listings } = await items(agent, 'tags/things');
    const infos = await Promise.all(
      listings.map(({ node }) => agent.ask('get', xml('query', { xmlns: NS_DISCO_INFO, node }), address)),
    );
    expect(infos).toHaveLength(100);
  });
});

test('the old fields find addresses, page by page to the end', async () => {
  const agent = await stranger();
  const search = async (after: string | null) => {
    const set = xml(
      'set',
      { xmlns: NS_RSM },
      xml('max', {}, '50'),
      after !== null && xml('after', {}, after),
    );
    const reply = await agent.ask(
      'set',
      xml('query', { xmlns: NS_SEARCH }, xml('nick', {}, 'odd'), set),
      address,
    );
    return reply.getChild('query', NS_SEARCH) as Element;
  };
  const found = await search(null);
  expect(found.getChildren('item').map(({ attrs }) => attrs.jid)).toEqual(['odd@works.test']);
  const last = found.getChild('set')?.getChildText('last') ?? null;
  expect((await search(last)).getChildren('item')).toEqual([]);
});
