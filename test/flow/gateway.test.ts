import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { toolListings } from '../../market/tool-listings.ts';
import { readEndpointInfo } from '../../protocol/dialects/agent-gateway/infos.ts';
import {
  readAccepted,
  readTaskEvent,
  readTaskResult,
  taskResultRequest,
  writeInvoke,
} from '../../protocol/dialects/agent-gateway/task.ts';
import { NS_DISCO_ITEMS } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { startGateway } from '../../scripts/specialists/gateway/gateway.ts';
import { isEndpoint } from '../../worker/endpoint.ts';
import { isGateway, listEndpoints } from '../../worker/gateway.ts';
import { until } from '../support/directory.ts';
import { Crawler, ownerOf, runGateway, runTampered } from '../support/gateway.ts';
import { startProxy } from '../support/proxy.ts';

/** On the last server, the crawler's session being on the first: where there are two, they federate. */
const { gateway: component } = inject('stack').components;
const gateway = component.domain;
const crawler = new Crawler();

describe('an Agent Gateway', () => {
  test('shows its endpoints page by page, in the order of their addresses', async () => {
    let pages = 0;
    await runTampered(
      component,
      (answer, query) => {
        if (query.getChild('query', NS_DISCO_ITEMS)) pages++;
        return answer;
      },
      { pageItemsMax: 1 },
    );
    expect(isGateway(await crawler.infoOf(gateway))).toBe(true);
    expect(await listEndpoints(crawler.asker(), gateway)).toEqual({
      endpoints: [`kitchen@${gateway}`, `numbers@${gateway}`, `phrases@${gateway}`],
      complete: true,
      faults: [],
    });
    expect(pages).toBe(3);
  });

  test('has tools whose manifest, schemas and hashes agree, with typed inputs and outputs', async () => {
    await runGateway(component, { pageItemsMax: 1 });
    const jid = `numbers@${gateway}`;
    expect(isEndpoint(await crawler.infoOf(jid))).toBe(true);
    const { tools, complete, faults } = await crawler.look(jid);
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
    expect((await crawler.look(`phrases@${gateway}`)).tools.map((tool) => tool.name)).toEqual([
      'letters.change-case',
      'phrases.compare',
    ]);
  });

  test('carries out an invocation once, however often it is repeated, and tells and keeps its result', async () => {
    await runGateway(component);
    const jid = `numbers@${gateway}`;
    const [form] = (await crawler.infoOf(jid)).forms;
    if (!form) throw new Error('the endpoint has no form');
    const { version, manifestHash } = readEndpointInfo(form);
    const request = {
      requestId: randomBytes(18).toString('base64url'),
      tool: 'primes.factorise',
      version,
      manifestHash,
    };
    const invoke = (more: object) =>
      crawler
        .asker()
        .ask(jid, 'set', writeInvoke({ ...request, arguments: { number: 360 }, ...more }), readAccepted);
    const [first, again] = [await invoke({}), await invoke({})];
    if (first.kind !== 'answer') throw new Error(JSON.stringify(first));
    expect(again).toEqual(first);
    const { taskId } = first.value;
    const isMine = (message: Element) => readTaskEvent(message)?.taskId === taskId;
    const message = await until('the task is completed', async () => crawler.messages.find(isMine));
    const event = readTaskEvent(message);
    const result = { structuredContent: { factors: [2, 2, 2, 3, 3, 5], prime: false }, isError: false };
    expect([message.attrs.from, event?.type, event?.revision]).toEqual([jid, 'completed', 1]);
    expect(event?.payload).toMatchObject({ result });
    expect(await crawler.asker().ask(jid, 'get', taskResultRequest(taskId), readTaskResult)).toMatchObject({
      kind: 'answer',
      value: { state: 'completed', revision: 1, payload: { result } },
    });
    expect(crawler.messages.filter(isMine).length).toBe(1);
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
    const proxy = await startProxy(component.service);
    await runGateway({ ...component, service: proxy.service });
    proxy.freeze();
    proxy.end('close');
    await until('it answers', async () => (await crawler.asker(500).info(gateway)).kind === 'answer');
    await expect(startGateway({ ...component, secret: 'wrong' })).rejects.toThrow('not-authorized');
  });

  test('answers for an endpoint that is not there as for a tool that is not', async () => {
    await runGateway(component);
    const refused = { kind: 'refused', condition: 'item-not-found' };
    expect(await crawler.asker().info(`nobody@${gateway}`)).toEqual(refused);
    expect(await crawler.asker().info(`numbers@${gateway}`, 'urn:xmpp:agent-tool:0#1.0.0#bm9uZQ')).toEqual(
      refused,
    );
  });
});
