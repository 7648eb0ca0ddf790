import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeItems } from '../../../protocol/disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS } from '../../../protocol/namespaces.ts';
import { type Element, xml } from '../../../protocol/xml.ts';
import { startGateway } from '../../../scripts/specialists/gateway/gateway.ts';
import { expectUnharmed, listedBy, listingsOf, startBot, startNeighbour } from '../../support/bot.ts';
import { startComponent } from '../../support/component.ts';
import { until } from '../../support/directory.ts';
import { evilEndpoint, evilInputs } from '../../support/evil-endpoint.ts';
import { listingForm, textField } from '../../support/fields.ts';
import { agentInfo } from '../../support/infos.ts';
import { type OwnServer, ownNetwork } from '../../support/network.ts';
import { visit, visitsOf } from '../../support/visits.ts';

/** The directory and those who mean well are on the first server; those who do not, on the last. */
let home: OwnServer;
let far: OwnServer;

beforeAll(async () => {
  ({ home, far } = await ownNetwork());
});

describe('a form', () => {
  test('with fields twice, without bounds or that contradict each other is read as far as it makes sense', async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot, { commands: {}, subscribe: false });
    agent.infoForms = [
      listingForm([
        ['name', 'The first name'],
        ['name', 'The second name'],
        ['description', 'd'.repeat(30_000)],
        ['tags', Array.from({ length: 400 }, (_, at) => `tag ${at} ${'x'.repeat(100)}`)],
        ['price_amount', ['1', '2']],
        ['price_currency', 'EUR'],
        ['price_currency', 'USD'],
        ['lat', '91'],
        ['lon', '16'],
        ['icon', 'data:image/svg+xml;base64,AAAA'],
        ['terms', 'javascript:alert(1)'],
        ['relay', ['allow', 'deny']],
        ['index', 'perhaps'],
      ]),
    ];
    agent.subscribe();
    const [listing] = await listedBy(bot, agent.jid, ['The first name']);
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
    const bot = await startBot(home);
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
    const agent = await startNeighbour(bot, { commands: { odd: { name: 'Odd', fields } } });
    const [listing] = await listedBy(bot, agent.jid, ['Odd']);
    expect(listing?.inputs.map(({ name, type }) => [name, type]).slice(0, 3)).toEqual([
      ['amount', 'enum'],
      ['low', 'integer'],
      ['evil', 'string'],
    ]);
    expect(JSON.stringify(listing?.inputSchema)).not.toContain('(a+)+');
    await expectUnharmed(bot);
  });

  test('whose owner says in one place to index it and in another not to is not indexed', async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot, { subscribe: false });
    agent.infoForms = [
      listingForm({ name: 'Yes', index: 'allow' }),
      listingForm({ name: 'No', index: 'deny' }),
    ];
    agent.subscribe();
    await until('it is visited', async () => visitsOf(bot, agent.jid).length > 0);
    expect(await listingsOf(bot, agent.jid)).toEqual([]);
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
      const bot = await startBot(home);
      const { domain } = far.component;
      const own = `own@${domain}`;
      const component = await startComponent(far.component, ({ to, query }) => {
        if (query.is('query', NS_DISCO_INFO))
          return to === own ? agentInfo(listingForm({ name: 'Still here' })) : payload();
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
      await listedBy(bot, own, ['Still here']);
      await expectUnharmed(bot);
    },
  );
});

describe('a schema', () => {
  test('with evil patterns and remote references is listed without them, and nothing is run or fetched', async () => {
    const bot = await startBot(home);
    const gateway = await startGateway({ ...far.component, endpoints: [evilEndpoint] });
    onTestFinished(() => gateway.stop());
    await visit(bot, far.component.domain);
    const [listing] = await listedBy(bot, `${evilEndpoint.account}@${far.component.domain}`, ['Evil']);
    expect(listing?.inputs.map(({ name, type, pattern }) => [name, type, pattern])).toEqual(evilInputs);
    expect(JSON.stringify(listing?.inputSchema)).not.toMatch(/169\.254|\$ref|pattern/);
  });
});

/** What is written as the text. */
function raw(text: string): Element {
  const write = (take: (part: string) => void) => take(text);
  return Object.assign(xml('query', { xmlns: NS_DISCO_INFO }), { write });
}
