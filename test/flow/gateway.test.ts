import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type ToolProvider, toolListings } from '../../market/tool-listings.ts';
import { readEndpointInfo } from '../../protocol/dialects/agent-gateway/infos.ts';
import {
  readAccepted,
  readTaskEvent,
  readTaskResult,
  taskResultRequest,
  writeInvoke,
} from '../../protocol/dialects/agent-gateway/task.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import { NS_DISCO_ITEMS, NS_RSM } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { openComponent } from '../../scripts/component.ts';
import { registerAccount } from '../../scripts/register.ts';
import {
  type GatewayOptions,
  gatewayAnswers,
  startGateway,
} from '../../scripts/specialists/gateway/gateway.ts';
import type { Endpoint, JsonObject } from '../../scripts/specialists/gateway/tool.ts';
import { Asker } from '../../worker/ask.ts';
import {
  type EndpointLook,
  isEndpoint,
  isGateway,
  listEndpoints,
  lookAtEndpoint,
} from '../../worker/gateway.ts';
import { pageLimits } from '../../worker/item-pages.ts';
import { Pace } from '../../worker/pace.ts';
import { Session } from '../../worker/session.ts';
import { until } from '../support/directory.ts';
import { parseXml } from '../support/xml.ts';

/** The crawler sits on the first server, the gateway on the last: where there are two, they federate. */
const { xmpp } = inject('stack');
const [home, host] = [xmpp[0], xmpp.at(-1)];
if (!home || !host) throw new Error('no XMPP server');
const gateway = host.component;
const component = { service: host.componentService, domain: gateway, secret: host.componentSecret };

const messages: Element[] = [];
let session: Session;
let asker: Asker;

beforeAll(async () => {
  const username = `g${randomBytes(5).toString('hex')}`;
  await registerAccount({ service: home.service, domain: home.domain, username, password: 'test' });
  session = new Session({
    xmpp: { service: home.service, domain: home.domain, username, password: 'test', resource: 'r' },
    log: () => undefined,
    handlers: {
      onPresence: () => undefined,
      onMessage: (stanza) => messages.push(stanza),
      onQuery: () => undefined,
      onFreshSession: () => void session.send(xml('presence')),
    },
  });
  session.start();
  await until('the session is ready', async () => session.ready, 20_000);
  asker = new Asker((to, type, payload) => session.ask(to, type, payload, 5_000), new Pace(8));
});
afterAll(() => session.stop());

async function runGateway(options: Partial<GatewayOptions> = {}): Promise<void> {
  const running = await startGateway({ ...component, ...options });
  onTestFinished(() => running.stop());
}

/** The sample gateway, each of its answers changed on its way out. */
async function runTampered(
  tamper: (answer: Element, query: Element) => Element,
  options: Partial<GatewayOptions> = {},
): Promise<void> {
  const answer = gatewayAnswers({ domain: gateway, ...options });
  const running = await openComponent({
    ...component,
    onStanza(stanza, send) {
      for (const reply of answer(stanza)) send(tamper(reply, stanza));
    },
  });
  onTestFinished(() => running.close());
}

async function infoOf(jid: string): Promise<DiscoInfo> {
  const answer = await asker.info(jid);
  if (answer.kind !== 'answer') throw new Error(`${jid}: ${JSON.stringify(answer)}`);
  return answer.value;
}

async function look(account: string): Promise<EndpointLook> {
  const jid = `${account}@${gateway}`;
  return lookAtEndpoint(asker, jid, await infoOf(jid));
}

function ownerOf(jid: string): ToolProvider {
  const provider = { jid, name: null, domain: gateway, description: null, url: null, contacts: [] };
  return { provider, features: [] };
}

/** The answer with a text in it replaced, wherever it stands. */
function replaced(answer: Element, from: string, to: string): Element {
  return parseXml(answer.toString().replaceAll(from, to));
}

describe('an Agent Gateway', () => {
  test('shows its endpoints page by page, in the order of their addresses', async () => {
    let pages = 0;
    await runTampered(
      (answer, query) => {
        if (query.getChild('query', NS_DISCO_ITEMS)) pages++;
        return answer;
      },
      { pageItemsMax: 1 },
    );
    expect(isGateway(await infoOf(gateway))).toBe(true);
    expect(await listEndpoints(asker, gateway)).toEqual({
      endpoints: [`numbers@${gateway}`, `phrases@${gateway}`],
      complete: true,
      faults: [],
    });
    expect(pages).toBe(2);
  });

  test('has tools whose manifest, schemas and hashes agree, with typed inputs and outputs', async () => {
    await runGateway({ pageItemsMax: 1 });
    const jid = `numbers@${gateway}`;
    const info = await infoOf(jid);
    expect(isEndpoint(info)).toBe(true);
    const { tools, complete, faults } = await lookAtEndpoint(asker, jid, info);
    expect([complete, faults]).toEqual([true, []]);
    const listings = toolListings(ownerOf(jid), tools);
    const brief = listings.map(({ listing }) => ({
      node: listing.node,
      inputs: listing.inputs.map(({ name, type, required, multiple }) => [name, type, required, multiple]),
      outputs: listing.outputs.map(({ name, type, multiple }) => [name, type, multiple]),
    }));
    expect(brief).toEqual([
      {
        node: 'statistics.describe',
        inputs: [
          ['values', 'number', true, true],
          ['decimals', 'integer', false, false],
        ],
        outputs: [
          ['count', 'integer', false],
          ['maximum', 'number', false],
          ['mean', 'number', false],
          ['median', 'number', false],
          ['minimum', 'number', false],
        ],
      },
      {
        node: 'primes.factorise',
        inputs: [['number', 'integer', true, false]],
        outputs: [
          ['factors', 'integer', true],
          ['prime', 'boolean', false],
        ],
      },
    ]);
    expect((await look('phrases')).tools.map((tool) => tool.name)).toEqual([
      'letters.change-case',
      'phrases.compare',
    ]);
  });

  test('carries out an invocation once, however often it is repeated, and tells and keeps its result', async () => {
    await runGateway();
    const jid = `numbers@${gateway}`;
    const [form] = (await infoOf(jid)).forms;
    if (!form) throw new Error('the endpoint has no form');
    const { version, manifestHash } = readEndpointInfo(form);
    const request = {
      requestId: randomBytes(18).toString('base64url'),
      tool: 'primes.factorise',
      version,
      manifestHash,
    };
    const invoke = (more: object) =>
      asker.ask(jid, 'set', writeInvoke({ ...request, arguments: { number: 360 }, ...more }), readAccepted);
    const [first, again] = [await invoke({}), await invoke({})];
    if (first.kind !== 'answer') throw new Error(JSON.stringify(first));
    expect(again).toEqual(first);
    const { taskId } = first.value;
    const isMine = (message: Element) => readTaskEvent(message)?.taskId === taskId;
    const message = await until('the task is completed', async () => messages.find(isMine));
    const event = readTaskEvent(message);
    const result = { structuredContent: { factors: [2, 2, 2, 3, 3, 5], prime: false }, isError: false };
    expect([message.attrs.from, event?.type, event?.revision]).toEqual([jid, 'completed', 1]);
    expect(event?.payload).toMatchObject({ result });
    expect(await asker.ask(jid, 'get', taskResultRequest(taskId), readTaskResult)).toMatchObject({
      kind: 'answer',
      value: { state: 'completed', revision: 1, payload: { result } },
    });
    expect(messages.filter(isMine).length).toBe(1);
    // The same request with other arguments, arguments that the schema refuses, another manifest, an unknown tool.
    const other = randomBytes(18).toString('base64url');
    const refusals = await Promise.all([
      invoke({ arguments: { number: 361 } }),
      invoke({ requestId: other, arguments: { number: 1 } }),
      invoke({ requestId: other, manifestHash: { ...manifestHash, value: `${'A'.repeat(43)}=` } }),
      invoke({ requestId: other, tool: 'primes.guess' }),
    ]);
    expect(refusals).toEqual(
      ['conflict', 'not-acceptable', 'conflict', 'item-not-found'].map((condition) => ({
        kind: 'refused',
        condition,
      })),
    );
  });

  test('is back after its stream was cut, and is not let in with a wrong secret', async () => {
    const target = new URL(component.service);
    const sockets = new Set<Socket>();
    const proxy = createServer((socket) => {
      const onward = connect(Number(target.port), target.hostname);
      for (const one of [socket, onward]) sockets.add(one.on('error', () => undefined));
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    await runGateway({ service: `xmpp://127.0.0.1:${port}` });
    for (const socket of sockets) socket.destroy();
    const opened = sockets.size;
    await until('it is connected again', async () => sockets.size > opened);
    await until('it answers', async () => (await asker.info(gateway)).kind === 'answer');
    await expect(startGateway({ ...component, secret: 'wrong' })).rejects.toThrow('not-authorized');
  });

  test('answers for an endpoint that is not there as for a tool that is not', async () => {
    await runGateway();
    const refused = { kind: 'refused', condition: 'item-not-found' };
    expect(await asker.info(`nobody@${gateway}`)).toEqual(refused);
    expect(await asker.info(`numbers@${gateway}`, 'urn:xmpp:agent-tool:0#1.0.0#bm9uZQ')).toEqual(refused);
  });
});

describe('of an endpoint that contradicts itself', () => {
  test('no tool is believed where the manifest is not the one whose hash it states', async () => {
    await runTampered((answer) =>
      answer.getChildElements()[0]?.name === 'manifest'
        ? replaced(answer, 'smallest first', 'largest first')
        : answer,
    );
    expect(await look('numbers')).toEqual({
      tools: [],
      complete: false,
      faults: ['the manifest: its hash is not that of its text'],
    });
  });

  test('no tool is believed where the manifest comes with a hash of its own', async () => {
    const own = `${'A'.repeat(43)}=`;
    await runTampered((answer) => {
      const hash = answer.getChildElements()[0]?.getChild('hash');
      if (hash) hash.children = [own];
      return answer;
    });
    expect(await look('numbers')).toMatchObject({
      tools: [],
      faults: ['the manifest: its hash is not the one in disco#info (manifest_hash_value)'],
    });
  });

  test("no tool is believed where the manifest is another endpoint's", async () => {
    const answer = gatewayAnswers({ domain: gateway });
    const running = await openComponent({
      ...component,
      onStanza(stanza, send) {
        // All that is asked of one is answered by the other, in its name.
        const to = stanza.attrs.to ?? '';
        stanza.attrs.to = to.replace('phrases@', 'numbers@');
        for (const reply of answer(stanza))
          send(Object.assign(reply, { attrs: { ...reply.attrs, from: to } }));
      },
    });
    onTestFinished(() => running.close());
    expect(await look('phrases')).toMatchObject({
      tools: [],
      faults: [`the manifest: its agent.jid is numbers@${gateway}`],
    });
  });

  test('a tool whose schema is not the one whose hash it states is listed without inputs', async () => {
    await runTampered((answer, query) => {
      const request = query.getChildElements()[0];
      const isInput = request?.name === 'schema-request' && request.attrs.direction === 'input';
      return isInput && request.attrs.tool === 'primes.factorise'
        ? replaced(answer, 'integer', 'string')
        : answer;
    });
    const { tools, complete, faults } = await look('numbers');
    expect(tools.map((tool) => [tool.name, tool.inputSchema !== null, tool.outputSchema !== null])).toEqual([
      ['statistics.describe', true, true],
      ['primes.factorise', false, true],
    ]);
    expect([complete, faults]).toEqual([
      true,
      ["the input schema of 'primes.factorise': its hash is not that of its text"],
    ]);
    const [, factorise] = toolListings(ownerOf(`numbers@${gateway}`), tools);
    expect([factorise?.listing.inputs, factorise?.listing.inputSchema]).toEqual([[], null]);
  });

  test('a tool that the manifest does not have, or that is of another address, is no tool of it', async () => {
    const odd = (jid: string, name: string) =>
      xml('item', { jid, node: `urn:xmpp:agent-tool:0#1.0.0#${Buffer.from(name).toString('base64url')}` });
    await runTampered((answer, query) => {
      const list = answer.getChild('query', NS_DISCO_ITEMS);
      if (list && query.attrs.to === `numbers@${gateway}`)
        list.append(odd(`numbers@${gateway}`, 'secret.tool'), odd(`phrases@${gateway}`, 'primes.factorise'));
      return answer;
    });
    const { tools, complete, faults } = await look('numbers');
    expect([tools.length, complete]).toEqual([2, false]);
    expect(faults.sort()).toEqual([
      "the list of tools: 'secret.tool' is not in the manifest",
      `the list of tools: an item is of phrases@${gateway}`,
    ]);
  });

  test('nothing is concluded where it falls silent half-way', async () => {
    const answer = gatewayAnswers({ domain: gateway });
    const running = await openComponent({
      ...component,
      onStanza(stanza, send) {
        if (stanza.getChildElements()[0]?.name === 'schema-request') return;
        for (const reply of answer(stanza)) send(reply);
      },
    });
    onTestFinished(() => running.close());
    const hasty = new Asker((to, type, payload) => session.ask(to, type, payload, 500), new Pace(8));
    const jid = `numbers@${gateway}`;
    expect(await lookAtEndpoint(hasty, jid, await infoOf(jid))).toEqual({
      tools: [],
      complete: false,
      faults: [],
    });
  });
});

describe('of schemas with evil patterns and remote references', () => {
  const evil = '^(([a-z])+.)+[A-Z]([a-z])+$';
  const inputSchema: JsonObject = {
    type: 'object',
    properties: {
      code: { type: 'string', pattern: evil },
      remote: { $ref: 'http://169.254.169.254/latest/meta-data' },
      tree: { $ref: '#/$defs/tree' },
    },
    $defs: { tree: { type: 'object', properties: { left: { $ref: '#/$defs/tree' }, right: { $ref: '#' } } } },
  };
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
        inputSchema,
        outputSchema: { type: 'string' },
        run: () => ({}),
      },
    ],
  };

  test('the inputs are typed as far as they can be, and nothing is run or fetched', async () => {
    await runGateway({ endpoints: [hostile] });
    const { tools, complete, faults } = await look('hostile');
    expect([complete, faults]).toEqual([true, []]);
    const [listed] = toolListings(ownerOf(`hostile@${gateway}`), tools);
    expect(listed?.listing.inputs.map(({ name, type, pattern }) => [name, type, pattern])).toEqual([
      ['code', 'string', evil],
      ['remote', 'string', null],
      ['tree', 'string', null],
    ]);
    expect(JSON.stringify(listed?.listing.inputSchema)).not.toMatch(/169\.254|\$ref|pattern/);
    expect(listed?.listing.outputs).toEqual([]);
  });
});

describe('of a gateway that does not know its way through its pages', () => {
  const page = (query: Element, jids: string[], last: string | null, count: number | null) =>
    xml(
      'iq',
      { type: 'result', from: query.attrs.to, to: query.attrs.from, id: query.attrs.id },
      xml(
        'query',
        { xmlns: NS_DISCO_ITEMS, node: 'urn:xmpp:agent-directory:0' },
        jids.map((jid) => xml('item', { jid })),
        xml(
          'set',
          { xmlns: NS_RSM },
          last !== null && xml('last', {}, last),
          count !== null && xml('count', {}, String(count)),
        ),
      ),
    );
  const cursorOf = (query: Element) =>
    query.getChild('query', NS_DISCO_ITEMS)?.getChild('set', NS_RSM)?.getChildText('after') ?? null;

  async function runPages(answer: (query: Element, asked: number) => Element): Promise<() => number> {
    let asked = 0;
    await runTampered((_answer, query) => answer(query, asked++));
    return () => asked;
  }

  test('the same page again and again ends the list', async () => {
    const asked = await runPages((query) => page(query, [`a@${gateway}`], `a@${gateway}`, null));
    const { endpoints, complete, faults } = await listEndpoints(asker, gateway);
    expect([endpoints, complete, asked()]).toEqual([[`a@${gateway}`], false, 2]);
    expect(faults[0]).toContain('round in circles');
  });

  test('pages that go round in a larger circle end the list', async () => {
    const names = ['a', 'b', 'c'].map((name) => `${name}@${gateway}`);
    const asked = await runPages((query) => {
      const next = names[(names.indexOf(cursorOf(query) ?? '') + 1) % names.length] ?? '';
      return page(query, [next], next, 1_000);
    });
    const { endpoints, complete } = await listEndpoints(asker, gateway);
    expect([endpoints, complete, asked()]).toEqual([names, false, 4]);
  });

  test('pages without an end are read to a limit', async () => {
    const asked = await runPages((query, at) =>
      page(query, [`e${at}@${gateway}`], `e${at}@${gateway}`, null),
    );
    const { endpoints, complete, faults } = await listEndpoints(asker, gateway);
    expect([endpoints.length, complete, asked()]).toEqual([pageLimits.pagesMax, false, pageLimits.pagesMax]);
    expect(faults[0]).toContain(`more than ${pageLimits.pagesMax} pages`);
  });

  test('a count that is too small does not end a list whose pages are full', async () => {
    const full = Array.from({ length: pageLimits.pageItemsMax }, (_, at) => `e${at}@${gateway}`);
    await runPages((query) =>
      cursorOf(query) === null
        ? page(query, full, full.at(-1) ?? null, 5)
        : page(query, [`last@${gateway}`], `last@${gateway}`, 5),
    );
    const { endpoints, complete } = await listEndpoints(asker, gateway);
    expect([endpoints.length, complete]).toEqual([pageLimits.pageItemsMax + 1, true]);
  });

  test('items that are no bare addresses are no endpoints', async () => {
    await runPages((query) => page(query, [`a@${gateway}`, `b@${gateway}/r`, 'foo@'], null, null));
    expect(await listEndpoints(asker, gateway)).toEqual({
      endpoints: [`a@${gateway}`],
      complete: true,
      faults: [`the list of endpoints: b@${gateway}/r has a node or a resource`],
    });
  });
});
