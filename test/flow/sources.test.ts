import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeAgents } from '../../protocol/agents.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { writeItems } from '../../protocol/disco.ts';
import {
  NS_AGENTS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PUBSUB,
  NS_SEARCH,
} from '../../protocol/namespaces.ts';
import { readSearch, writeSearchOffer, writeSearchResults } from '../../protocol/user-search.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startGateway } from '../../scripts/specialists/gateway/gateway.ts';
import type { Session } from '../../scripts/specialists/session.ts';
import { configure, openAccount } from '../support/account.ts';
import { afterwards } from '../support/afterwards.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { pageOf, startComponent } from '../support/component.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { formOf, listingForm } from '../support/fields.ts';
import { directoryInfo, infoOf } from '../support/infos.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { agentOverHttp, foundOverHttp, listedOverHttp } from '../support/overview.ts';
import { rowsOf } from '../support/rows.ts';
import { visit } from '../support/visits.ts';

/** The directory's account is on the first server; what it finds, on the last. */
let home: OwnServer;
let far: OwnServer;
let directory: RunningDirectory;

beforeAll(async () => {
  ({ home, far } = await ownNetwork());
  directory = await startDirectory(home, {
    userDirectories: new Set([home.component.domain, far.component.domain]),
  });
});

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

const isListed = async (jid: string) => (await agentOverHttp(directory.http, jid)) !== null;

/** An agent that knows nothing of the directory, and publishes a listing form. */
async function stranger(name: string): Promise<TestAgent> {
  const agent = await startAgent({ directory: directory.jid, server: far, subscribe: false });
  await agent.publish(NS_LISTING, 'agent', writeForm(listingForm({ name })));
  return agent;
}

describe('on a shared pubsub service', () => {
  const publish = (by: Session, node: string, item: Element) =>
    by.request('set', xml('pubsub', { xmlns: NS_PUBSUB }, xml('publish', { node }, item)), service());
  const service = () => `pubsub.${far.domain}`;
  const itemOf = (id: string, values: { [name: string]: string }, more: { publisher?: string } = {}) =>
    xml('item', { id, ...more }, writeForm(listingForm(values)));
  const create = (by: Session, node: string, values: { [name: string]: string }) =>
    configure(
      by,
      service(),
      xml('pubsub', { xmlns: NS_PUBSUB }, xml('create', { node }), xml('configure')),
      `${NS_PUBSUB}#node_config`,
      values,
    );

  let owner: Session;

  beforeAll(async () => {
    owner = await openAccount(far, afterwards);
    await create(owner, NS_LISTING, { 'pubsub#publish_model': 'open' });
  });

  test('an item is listed under who published it, changed within seconds, and gone when it is retracted', async () => {
    const publisher = await openAccount(far);
    const { bareJid } = publisher;
    await publish(
      publisher,
      NS_LISTING,
      itemOf('sonnets', { name: 'Sonnets', price_amount: '1', price_currency: 'EUR' }),
    );
    await visit(directory, service());
    const [listing] = await listed(bareJid, ['Sonnets']);
    expect(listing).toMatchObject({
      kind: 'published',
      provider: { jid: bareJid },
      price: { amount: '1' },
      sources: [{ source: 'pubsub' }],
    });
    await publish(publisher, NS_LISTING, itemOf('sonnets', { name: 'Better sonnets' }));
    const [changed] = await listed(bareJid, ['Better sonnets']);
    expect(changed?.id).toBe(listing?.id);
    const retract = xml('retract', { node: NS_LISTING, notify: 'true' }, xml('item', { id: 'sonnets' }));
    // This service lets nobody but a node's owner retract.
    await owner.request('set', xml('pubsub', { xmlns: NS_PUBSUB }, retract), service());
    await until('nothing is listed', async () => !(await isListed(bareJid)));
  });

  test("an item that claims to be another's is its publisher's, and one from another domain is nobody's", async () => {
    const [victim, liar, outsider] = await Promise.all([
      openAccount(far),
      openAccount(far),
      openAccount(home),
    ]);
    const claim = itemOf('claim', { name: 'Claimed' }, { publisher: victim.bareJid });
    await publish(liar, NS_LISTING, claim);
    await publish(outsider, NS_LISTING, itemOf('outside', { name: 'From outside' }));
    await visit(directory, service());
    await listed(liar.bareJid, ['Claimed']);
    await visit(directory, victim.bareJid);
    expect([await isListed(victim.bareJid), await isListed(outsider.bareJid)]).toEqual([
      false,
      home.domain === far.domain,
    ]);
  });

  test('a node of another name whose metadata says that it holds listings is read, and its changes are heard', async () => {
    const publisher = await openAccount(far);
    const node = `urn:x:${randomBytes(4).toString('hex')}`;
    await create(publisher, node, { 'pubsub#type': NS_LISTING });
    await publish(publisher, node, itemOf('odes', { name: 'Odes' }));
    await visit(directory, service());
    await listed(publisher.bareJid, ['Odes']);
    await publish(publisher, node, itemOf('odes', { name: 'Longer odes' }));
    await listed(publisher.bareJid, ['Longer odes']);
  });

  test('of the test itself, an account of the domain that it belongs to is attested, and no other', async () => {
    const [own, foreign] = await Promise.all([openAccount(far), openAccount(home)]);
    const component = await startComponent(far.component, ({ to, query }) => {
      if (to !== far.component.domain) return undefined;
      if (query.is('query', NS_DISCO_INFO))
        return infoOf('pubsub', 'service', { node: query.attrs.node ?? null });
      if (query.is('query', NS_DISCO_ITEMS))
        return writeItems({ node: null, items: [{ jid: to, node: NS_LISTING, name: null }], rsm: null });
      const node = query.getChild('items', NS_PUBSUB)?.attrs.node;
      if (!node) return undefined;
      const items = [
        itemOf('one', { name: 'Attested' }, { publisher: own.bareJid }),
        itemOf('two', { name: 'Not attested' }, { publisher: foreign.bareJid }),
        itemOf('three', { name: "The domain's" }, { publisher: far.domain }),
        itemOf('four', { name: "Nobody's" }),
      ];
      return xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', { node }, items));
    });
    await visit(directory, component.domain);
    await listed(own.bareJid, ['Attested']);
    await visit(directory, foreign.bareJid);
    expect(await isListed(foreign.bareJid)).toBe(home.domain === far.domain);
    expect(await isListed(far.domain)).toBe(false);
  });
});

describe('a user directory that the operator opted for', () => {
  const everybody = '*';

  test('is where the crawl begins, like a seed', async () => {
    const seed = sql`select depth from entity where jid = ${home.component.domain}`;
    expect(await rowsOf(directory.db, seed)).toEqual([{ depth: 0 }]);
  });

  test.each(['fields', 'form'] as const)(
    'is searched by its %s, and whom it lists is visited',
    async (kind) => {
      const found = await stranger(`Found by ${kind}`);
      const offer = {
        instructions: 'Fill in a field.',
        fields: ['nick', 'email'] as ('nick' | 'email')[],
        form: kind === 'form' ? formOf('form', NS_SEARCH, { user: '', email: '' }) : null,
      };
      const component = await startComponent(far.component, ({ query, iq }) => {
        if (query.is('query', NS_DISCO_INFO)) return infoOf('directory', 'user', { features: [NS_SEARCH] });
        if (!query.is('query', NS_SEARCH)) return undefined;
        if (iq.attrs.type === 'get') return writeSearchOffer(offer);
        const { values } = readSearch(query);
        const isAll = values.size === 1 && values.get(kind === 'form' ? 'user' : 'nick') === everybody;
        return writeSearchResults(isAll ? [{ jid: found.jid, name: 'Somebody' }] : [], kind === 'form');
      });
      const other = `other@${component.domain}`;
      await visit(directory, component.domain);
      await listed(found.jid, [`Found by ${kind}`]);
      // One that the operator did not name is not searched, whatever it offers.
      await visit(directory, other);
      const searched = component.asked
        .filter(({ query }) => query.is('query', NS_SEARCH))
        .map(({ to }) => to);
      expect([...new Set(searched)]).toEqual([component.domain]);
    },
  );
});

describe('a component', () => {
  test('that answers only jabber:iq:agents is understood', async () => {
    const found = await stranger('Found the old way');
    const component = await startComponent(far.component, ({ to, query }) => {
      const agent = { name: 'Somebody', description: 'Old', service: null, flags: [] };
      const isAsked = to === far.component.domain && query.is('query', NS_AGENTS);
      return isAsked ? writeAgents([{ jid: found.jid, ...agent }]) : undefined;
    });
    await visit(directory, component.domain);
    await listed(found.jid, ['Found the old way']);
  });

  test('with 250 items is read in pages of 100, to the last one', async () => {
    const { domain } = far.component;
    const last = `e249@${domain}`;
    const component = await startComponent(far.component, ({ to, query }) => {
      if (query.is('query', NS_DISCO_INFO) && to === last)
        return infoOf('automation', 'agent', { forms: [listingForm({ name: 'The last of many' })] });
      if (query.is('query', NS_DISCO_INFO) && to === domain) return directoryInfo();
      if (query.is('query', NS_DISCO_ITEMS) && to === domain)
        return pageOf(query, 250, (at) => ({ jid: `e${at}@${domain}`, node: null, name: null }));
      return undefined;
    });
    await visit(directory, domain);
    await listed(last, ['The last of many']);
    const pages = component.asked.filter(
      ({ to, query }) => to === domain && query.is('query', NS_DISCO_ITEMS),
    );
    expect(pages.length).toBe(3);
    const known = sql`select count(*)::int as count from entity where domain = ${domain} and jid like 'e%@%'`;
    expect(await rowsOf(directory.db, known)).toEqual([{ count: 250 }]);
  });

  test('that is an Agent Gateway has the tools of its endpoints listed over HTTP, with their inputs', async () => {
    const gateway = await startGateway(far.component);
    onTestFinished(() => gateway.stop());
    await visit(directory, far.component.domain);
    const jid = `numbers@${far.component.domain}`;
    const listings = await until('its tools are listed', async () => {
      const shown = (await agentOverHttp(directory.http, jid))?.listings ?? [];
      return shown.length === 2 && shown;
    });
    expect(listings.find(({ call }) => call?.node === 'statistics.describe')).toMatchObject({
      kind: 'tool',
      provider: { jid, domain: far.component.domain },
      inputs: [
        { name: 'values', type: 'number', required: true, multiple: true },
        { name: 'decimals', type: 'integer', required: false },
      ],
      inputSchema: { type: 'object', required: ['values'] },
      outputs: expect.arrayContaining([expect.objectContaining({ name: 'mean', type: 'number' })]),
      call: { protocol: 'agent-task', jid, node: 'statistics.describe' },
      sources: [{ source: 'manifest' }],
    });
    const found = await foundOverHttp(directory.http, `domain:${far.component.domain}`);
    expect(found.map(({ call }) => call?.node)).toEqual(
      expect.arrayContaining(['statistics.describe', 'letters.change-case']),
    );
  });
});
