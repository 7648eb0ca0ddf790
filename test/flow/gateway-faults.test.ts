import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { toolListings } from '../../market/tool-listings.ts';
import { NS_DISCO_ITEMS, NS_RSM } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { openComponent } from '../../scripts/component.ts';
import { gatewayAnswers } from '../../scripts/specialists/gateway/gateway.ts';
import { listEndpoints } from '../../worker/gateway.ts';
import { pageLimits } from '../../worker/item-pages.ts';
import { evilEndpoint, evilInputs } from '../support/evil-endpoint.ts';
import { Crawler, ownerOf, runGateway, runTampered } from '../support/gateway.ts';
import { parseXml } from '../support/xml.ts';

/** On the last server, the crawler's session being on the first; a component of its own, beside that of gateway.test.ts. */
const host = inject('stack').xmpp.at(-1);
if (!host) throw new Error('no XMPP server');
const gateway = host.component;
const component = { service: host.componentService, domain: gateway, secret: host.componentSecret };
const crawler = new Crawler();

/** The answer with a text in it replaced, wherever it stands. */
function replaced(answer: Element, from: string, to: string): Element {
  return parseXml(answer.toString().replaceAll(from, to));
}

describe('of an endpoint that contradicts itself', () => {
  test('no tool is believed where the manifest is not the one whose hash it states', async () => {
    await runTampered(component, (answer) =>
      answer.getChildElements()[0]?.name === 'manifest'
        ? replaced(answer, 'smallest first', 'largest first')
        : answer,
    );
    expect(await crawler.look(`numbers@${gateway}`)).toEqual({
      tools: [],
      complete: false,
      faults: ['the manifest: its hash is not that of its text'],
    });
  });

  test('no tool is believed where the manifest comes with a hash of its own', async () => {
    const own = `${'A'.repeat(43)}=`;
    await runTampered(component, (answer) => {
      const hash = answer.getChildElements()[0]?.getChild('hash');
      if (hash) hash.children = [own];
      return answer;
    });
    expect(await crawler.look(`numbers@${gateway}`)).toMatchObject({
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
    expect(await crawler.look(`phrases@${gateway}`)).toMatchObject({
      tools: [],
      faults: [`the manifest: its agent.jid is numbers@${gateway}`],
    });
  });

  test('a tool whose schema is not the one whose hash it states is listed without inputs', async () => {
    await runTampered(component, (answer, query) => {
      const request = query.getChildElements()[0];
      const isInput = request?.name === 'schema-request' && request.attrs.direction === 'input';
      return isInput && request.attrs.tool === 'primes.factorise'
        ? replaced(answer, 'integer', 'string')
        : answer;
    });
    const { tools, complete, faults } = await crawler.look(`numbers@${gateway}`);
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
    await runTampered(component, (answer, query) => {
      const list = answer.getChild('query', NS_DISCO_ITEMS);
      if (list && query.attrs.to === `numbers@${gateway}`)
        list.append(odd(`numbers@${gateway}`, 'secret.tool'), odd(`phrases@${gateway}`, 'primes.factorise'));
      return answer;
    });
    const { tools, complete, faults } = await crawler.look(`numbers@${gateway}`);
    expect([tools.length, complete]).toEqual([2, false]);
    expect(faults.sort()).toEqual([
      "the list of tools: 'secret.tool' is not in the manifest",
      `the list of tools: an item is of phrases@${gateway}`,
    ]);
  });

  test('nothing is concluded where it falls silent half-way', async () => {
    await runTampered(component, (answer, query) =>
      query.getChildElements()[0]?.name === 'schema-request' ? null : answer,
    );
    expect(await crawler.look(`numbers@${gateway}`, 500)).toEqual({
      tools: [],
      complete: false,
      faults: [],
    });
  });
});

describe('of schemas with evil patterns and remote references', () => {
  test('the inputs are typed as far as they can be, and nothing is run or fetched', async () => {
    await runGateway(component, { endpoints: [evilEndpoint] });
    const { tools, complete, faults } = await crawler.look(`hostile@${gateway}`);
    expect([complete, faults]).toEqual([true, []]);
    const [listed] = toolListings(ownerOf(`hostile@${gateway}`), tools);
    expect(listed?.listing.inputs.map(({ name, type, pattern }) => [name, type, pattern])).toEqual(
      evilInputs,
    );
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
    await runTampered(component, (_answer, query) => answer(query, asked++));
    return () => asked;
  }

  test('the same page again and again ends the list', async () => {
    const asked = await runPages((query) => page(query, [`a@${gateway}`], `a@${gateway}`, null));
    const { endpoints, complete, faults } = await listEndpoints(crawler.asker(), gateway);
    expect([endpoints, complete, asked()]).toEqual([[`a@${gateway}`], false, 2]);
    expect(faults[0]).toContain('round in circles');
  });

  test('pages that go round in a larger circle end the list', async () => {
    const names = ['a', 'b', 'c'].map((name) => `${name}@${gateway}`);
    const asked = await runPages((query) => {
      const next = names[(names.indexOf(cursorOf(query) ?? '') + 1) % names.length] ?? '';
      return page(query, [next], next, 1_000);
    });
    const { endpoints, complete } = await listEndpoints(crawler.asker(), gateway);
    expect([endpoints, complete, asked()]).toEqual([names, false, 4]);
  });

  test('pages without an end are read to a limit', async () => {
    const asked = await runPages((query, at) =>
      page(query, [`e${at}@${gateway}`], `e${at}@${gateway}`, null),
    );
    const { endpoints, complete, faults } = await listEndpoints(crawler.asker(), gateway);
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
    const { endpoints, complete } = await listEndpoints(crawler.asker(), gateway);
    expect([endpoints.length, complete]).toEqual([pageLimits.pageItemsMax + 1, true]);
  });

  test('items that are no bare addresses are no endpoints', async () => {
    await runPages((query) => page(query, [`a@${gateway}`, `b@${gateway}/r`, 'foo@'], null, null));
    expect(await listEndpoints(crawler.asker(), gateway)).toEqual({
      endpoints: [`a@${gateway}`],
      complete: true,
      faults: [`the list of endpoints: b@${gateway}/r has a node or a resource`],
    });
  });
});
