import { beforeAll, describe, expect, inject, test } from 'vitest';
import { writeItems } from '../../../protocol/disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_NOINDEX } from '../../../protocol/namespaces.ts';
import { type Element, xml } from '../../../protocol/xml.ts';
import { pageLimits } from '../../../worker/item-pages.ts';
import { sourceLimits } from '../../../worker/sources/source.ts';
import {
  entitiesOf,
  expectUnharmed,
  listedBy,
  listingsOf,
  startBot,
  startNeighbour,
} from '../../support/bot.ts';
import { pageOf, startComponent } from '../../support/component.ts';
import { until } from '../../support/directory.ts';
import { listingForm } from '../../support/fields.ts';
import { agentInfo, directoryInfo } from '../../support/infos.ts';
import { type OwnServer, ownNetwork } from '../../support/network.ts';
import { queryIn } from '../../support/questions.ts';
import { visit, visitsOf } from '../../support/visits.ts';

/** The directory and those who mean well are on the first server; those who do not, on the last. */
let home: OwnServer;
let far: OwnServer;

beforeAll(async () => {
  ({ home, far } = await ownNetwork());
});

describe('a component with a million items', () => {
  test('is read to a limit, and what it names does not keep others from being visited', async () => {
    const bot = await startBot(home);
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
    expect((await entitiesOf(bot, domain)).length).toBe(1 + sourceLimits.childrenMax);
    await expectUnharmed(bot);
    // Its turn comes among the thousand that are due there.
    await visit(bot, `0@${domain}`);
    await expectUnharmed(bot);
    // Accounts lead no further.
    expect((await entitiesOf(bot, domain)).length).toBe(1 + sourceLimits.childrenMax);
  });

  test('whose tree of nodes has no end is walked to a limit', async () => {
    const bot = await startBot(home);
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
      const bot = await startBot(home);
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
      const before = [near, distant].map(({ domain }) => visitsOf(bot, domain).length);
      await expectUnharmed(bot);
      await visit(bot, `sentinel@${home.domain}`);
      expect([near, distant].map(({ domain }) => visitsOf(bot, domain).length)).toEqual(before);
    },
  );

  test("that name others' addresses say nothing of those, and lead nowhere that the operator did not allow", async () => {
    const bot = await startBot(home);
    const victim = await startNeighbour(bot, { subscribe: false });
    const named = [victim.jid, victim.fullJid, 'someone@elsewhere.example', '127.0.0.1', 'localhost'];
    const component = await startComponent(far.component, ({ to, query }) => {
      if (to !== far.component.domain) return undefined;
      if (query.is('query', NS_DISCO_INFO))
        return agentInfo(listingForm({ name: 'Its own offer', command: 'own' }));
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
    await until('the victim is visited', async () => visitsOf(bot, victim.jid).length > 0);
    expect(await listingsOf(bot, victim.jid)).toEqual([]);
    expect([await entitiesOf(bot, 'elsewhere.example'), await entitiesOf(bot, '127.0.0.1')]).toEqual([
      [],
      [],
    ]);
    expect((await listingsOf(bot, component.domain)).map(({ node }) => node)).toEqual(['own']);
    await expectUnharmed(bot);
  });
});

describe('answers', () => {
  const noindex = () => xml('query', { xmlns: NS_DISCO_INFO }, xml('feature', { var: NS_NOINDEX }));
  const reply = (iq: Element, payload: Element) =>
    xml('iq', { type: 'result', to: iq.attrs.from, id: iq.attrs.id }, payload);

  test('that come twice count once: the first', async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot, { subscribe: false });
    agent.intercept = (iq) => {
      if (!queryIn(iq, NS_DISCO_INFO)) return undefined;
      agent.send(reply(iq, agentInfo()));
      agent.send(reply(iq, noindex()));
      return noindex();
    };
    agent.subscribe();
    await listedBy(bot, agent.jid, ['Name that tune']);
    await expectUnharmed(bot);
    await listedBy(bot, agent.jid, ['Name that tune']);
  });

  test("that come too late are nobody's", async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot, { subscribe: false });
    const late: Element[] = [];
    let isSlow = true;
    agent.intercept = (iq) => {
      if (!isSlow || !queryIn(iq, NS_DISCO_INFO)) return undefined;
      late.push(iq);
      return 'silence';
    };
    agent.subscribe();
    await until('the answer is given up', async () => visitsOf(bot, agent.jid).length > 0);
    isSlow = false;
    for (const iq of late) agent.send(reply(iq, noindex()));
    await expectUnharmed(bot);
    await listedBy(bot, agent.jid, ['Name that tune']);
    expect(late.length).toBeGreaterThan(0);
  });

  test('that never come hold up nobody else', async () => {
    const bot = await startBot(home);
    const silent = await Promise.all(
      Array.from({ length: 12 }, () => startNeighbour(bot, { subscribe: false })),
    );
    for (const agent of silent) {
      agent.intercept = () => 'silence';
      agent.subscribe();
    }
    await until('they are asked', async () => visitsOf(bot, silent[0]?.jid ?? '').length > 0);
    await expectUnharmed(bot);
    for (const { jid } of silent) expect(visitsOf(bot, jid).length).toBeLessThanOrEqual(3);
  });
});
