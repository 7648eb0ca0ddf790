import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { newsLimits } from '../../market/subscription.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { type News, readNews } from '../../protocol/dialects/news.ts';
import { readInfo, readItems } from '../../protocol/disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_NEWS, NS_PUBSUB } from '../../protocol/namespaces.ts';
import { readPubsubEvent, readPubsubItems } from '../../protocol/pubsub.ts';
import { readRsmResult } from '../../protocol/rsm.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';
import { parseXml } from '../support/xml.ts';

let directory: RunningDirectory;
let address: string;

beforeAll(async () => {
  directory = await startDirectory();
  address = `${directory.jid}/guildhall`;
});

const stranger = (more: { username?: string; domain?: string } = {}) =>
  startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test', ...more });

const ask = async (agent: TestAgent, type: 'get' | 'set', content: string) => {
  const reply = await agent.ask(type, parseXml(`<pubsub xmlns='${NS_PUBSUB}'>${content}</pubsub>`), address);
  return reply.getChild('pubsub', NS_PUBSUB);
};
const subscribe = (agent: TestAgent, jid = agent.jid) =>
  ask(agent, 'set', `<subscribe node='${NS_NEWS}' jid='${jid}'/>`);
const unsubscribe = (agent: TestAgent) =>
  ask(agent, 'set', `<unsubscribe node='${NS_NEWS}' jid='${agent.jid}'/>`);
const offer = (jid: string, nodes: string[], name = 'Name') =>
  writeIndex(
    directory.db,
    [
      indexOf(
        jid,
        nodes.map((node) => ({ node, name })),
      ),
    ],
    0,
  );
const later = () => new Promise((resolve) => setTimeout(resolve, 2_000));
const headNow = async () =>
  Number((await rowsOf<{ seq: string }>(directory.db, sql`select seq from change_head`))[0]?.seq);

type Heard = News & { id: number; stanza: Element };

/** The news that the agent hears from now on. */
function heardBy(agent: TestAgent): Heard[] {
  const heard: Heard[] = [];
  agent.onMessage = (stanza) => {
    for (const { id, payload } of readPubsubEvent(stanza)?.items ?? []) {
      if (payload) heard.push({ ...readNews(payload), id: Number(id), stanza });
    }
  };
  return heard;
}

async function itemsOf(agent: TestAgent, attributes = '', content = '', beside = '') {
  const reply = await ask(agent, 'get', `<items node='${NS_NEWS}' ${attributes}>${content}</items>${beside}`);
  const { items } = readPubsubItems(reply as Element);
  return { ids: items.map(({ id }) => Number(id)), items, rsm: readRsmResult(reply as Element) };
}
const rsm = (content: string) => `<set xmlns='http://jabber.org/protocol/rsm'>${content}</set>`;

describe('the news', () => {
  test('tell a subscriber each change in its order, with the listing of what is there', async () => {
    const ann = await stranger();
    const heard = heardBy(ann);
    const subscribed = (await subscribe(ann))?.getChild('subscription');
    expect(subscribed?.attrs).toMatchObject({ node: NS_NEWS, jid: ann.jid, subscription: 'subscribed' });
    const before = await headNow();
    await offer('news@works.test', ['a', 'b', 'c'], 'First');
    await offer('news@works.test', ['a'], 'Second');
    await until('all are heard', async () => heard.some(({ op }) => op === 'delete' || heard.length >= 4));
    await writeIndex(directory.db, [{ ...indexOf('news@works.test', []), isDenied: true }], 0);
    await until('the last is heard', async () => heard.at(-1)?.id === (await headNow()));
    const ids = heard.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids[0]).toBeGreaterThan(before);
    const put = heard.find(({ op }) => op === 'put');
    expect(put?.form && readListingForm(put.form).name).toMatch(/First|Second/);
    expect(put?.stanza.attrs).toMatchObject({ type: 'headline', from: address, id: `news-${put?.id}` });
    expect(heard.filter(({ op }) => op === 'delete').length).toBeGreaterThan(0);
    expect(heard.filter(({ op }) => op === 'delete').every(({ form }) => form === null)).toBe(true);
    await unsubscribe(ann);
    const count = heard.length;
    await offer('quiet@works.test', ['a']);
    await later();
    expect(heard).toHaveLength(count);
    await expect(unsubscribe(ann)).rejects.toThrow('not-subscribed');
  });

  test('come to the address that was subscribed, on either server, and to nobody else', async () => {
    const ann = await stranger();
    const bob = await startAgent({ directory: directory.jid, subscribe: false, domain: 'agents.test' });
    const eve = await stranger();
    const [heardByAnn, heardByBob, heardByEve] = [heardBy(ann), heardBy(bob), heardBy(eve)];
    await subscribe(ann, ann.fullJid);
    await subscribe(bob);
    await subscribe(bob);
    await offer('both@works.test', ['a']);
    await until('both hear', async () => heardByAnn.length === 1 && heardByBob.length === 1);
    expect(heardByAnn[0]?.stanza.attrs.to).toBe(ann.fullJid);
    await later();
    expect([heardByAnn.length, heardByBob.length, heardByEve.length]).toEqual([1, 1, 0]);
    await Promise.all([unsubscribe(ann), unsubscribe(bob)]);
  });

  test('are read back in pages, in their order, from either end, and one by one', async () => {
    const ann = await stranger();
    await offer('pages@works.test', ['a', 'b', 'c', 'd', 'e']);
    const head = await headNow();
    const five = [4, 3, 2, 1, 0].map((back) => head - back);
    expect((await itemsOf(ann, "max_items='3'")).ids).toEqual(five.slice(2));
    expect((await itemsOf(ann)).ids.slice(-5)).toEqual(five);
    const last = await itemsOf(ann, '', '', rsm('<max>2</max><before/>'));
    expect(last).toMatchObject({ ids: five.slice(3), rsm: { first: String(five[3]), last: String(head) } });
    expect((await itemsOf(ann, '', '', rsm(`<max>2</max><before>${five[3]}</before>`))).ids).toEqual(
      five.slice(1, 3),
    );
    expect((await itemsOf(ann, '', '', rsm(`<max>2</max><after>${five[0]}</after>`))).ids).toEqual(
      five.slice(1, 3),
    );
    expect((await itemsOf(ann, '', '', rsm(`<after>${head}</after>`))).ids).toEqual([]);
    const one = await itemsOf(ann, '', `<item id='${five[1]}'/><item id='999999'/><item id='x'/>`);
    expect(one.ids).toEqual([five[1]]);
    expect(readNews(one.items[0]?.payload as Element)).toMatchObject({
      op: 'put',
      listing: expect.any(String),
    });
    await expect(itemsOf(ann, '', '', rsm('<after>x</after>'))).rejects.toThrow('item-not-found');
    await expect(itemsOf(ann, '', '', rsm('<index>1</index>'))).rejects.toThrow('feature-not-implemented');
  });

  test('are a node that service discovery shows', async () => {
    const ann = await stranger();
    const disco = async (xmlns: string, node?: string) => {
      const reply = await ann.ask('get', xml('query', { xmlns, node }), address);
      return reply.getChild('query', xmlns) as Element;
    };
    const root = readItems(await disco(NS_DISCO_ITEMS));
    expect(root.items).toContainEqual({ jid: address, node: NS_NEWS, name: 'News' });
    const own = readInfo(await disco(NS_DISCO_INFO));
    expect(own.identities).toContainEqual({
      category: 'pubsub',
      type: 'service',
      name: 'Guildhall',
      lang: 'en',
    });
    expect(own.features).toContain(`${NS_PUBSUB}#subscribe`);
    const node = readInfo(await disco(NS_DISCO_INFO, NS_NEWS));
    expect(node.identities).toEqual([{ category: 'pubsub', type: 'leaf', name: 'News', lang: null }]);
    await offer('disco@works.test', ['a']);
    const items = readItems(await disco(NS_DISCO_ITEMS, NS_NEWS));
    expect(items.items.at(-1)).toEqual({ jid: address, node: null, name: String(await headNow()) });
  });

  test('of too long a time are skipped, the oldest first', async () => {
    const ann = await stranger();
    await subscribe(ann);
    const before = await headNow();
    const count = newsLimits.backlogMax + 40;
    await directory.db.transaction(async (tx) => {
      await tx.execute(sql`
        insert into change (id, seq, op, first_seen)
        select 'urn:air:x.test:c:command.old' || at, ${before} + at, 'delete', now() from generate_series(1, ${count}) as at`);
      await tx.execute(sql`update change_head set seq = seq + ${count}`);
    });
    const heard = heardBy(ann);
    await until('the last is heard', async () => heard.at(-1)?.id === before + count);
    const ids = heard.map(({ id }) => id);
    expect(ids).toHaveLength(newsLimits.backlogMax);
    expect(ids[0]).toBe(before + 41);
    await unsubscribe(ann);
  });

  test('stop for a subscriber whose messages come back for good', async () => {
    const ann = await stranger();
    await subscribe(ann);
    let sent = 0;
    ann.onMessage = ({ attrs }) => {
      sent++;
      const error = writeStanzaError({ type: 'cancel', condition: 'service-unavailable', text: null });
      ann.send(xml('message', { to: attrs.from, type: 'error', id: attrs.id }, error));
    };
    await offer('bounce@works.test', ['a', 'b', 'c', 'd', 'e']);
    const isGone = async () =>
      (await rowsOf(directory.db, sql`select from news_subscriber where jid = ${ann.jid}`)).length === 0;
    await until('it is dropped', isGone);
    const before = sent;
    await offer('bounce2@works.test', ['a']);
    await later();
    expect(sent).toBe(before);
  });
});

describe('what the news refuse', () => {
  test.each([
    ['set', `<subscribe node='${NS_NEWS}' jid='somebody@works.test'/>`, 'invalid-jid'],
    ['set', `<subscribe node='nothing' jid='somebody@works.test'/>`, 'item-not-found'],
    ['set', `<publish node='${NS_NEWS}'><item id='1'><x xmlns='y'/></item></publish>`, 'forbidden'],
    ['set', `<retract node='${NS_NEWS}'><item id='1'/></retract>`, 'forbidden'],
    ['set', "<create node='mine'/>", 'unsupported'],
    ['get', "<items node='nothing'/>", 'item-not-found'],
    ['get', `<items node='${NS_NEWS}' max_items='many'/>`, 'bad-request'],
  ] as ['get' | 'set', string, string][])('%s %s', async (type, content, condition) => {
    await expect(ask(await stranger(), type, content)).rejects.toThrow(condition);
  });

  test('more subscribers of one domain than there is room for', async () => {
    await directory.db.execute(sql`
      insert into news_subscriber (jid, address, site, seq)
      select 'u' || at || '@full.example', 'u' || at || '@full.example', 'works.test', 1000000000
      from generate_series(1, ${newsLimits.perSiteMax}) as at`);
    await expect(subscribe(await stranger())).rejects.toThrow('too-many-subscriptions');
    await directory.db.execute(sql`delete from news_subscriber where jid like '%@full.example'`);
  });
});
