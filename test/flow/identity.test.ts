import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { readAvatar } from '../../protocol/avatar.ts';
import { capsVerOfElement, readCaps } from '../../protocol/caps.ts';
import { readContacts } from '../../protocol/contacts.ts';
import { formNamespace } from '../../protocol/data-form.ts';
import { readA2aCard } from '../../protocol/dialects/a2a-card.ts';
import { readAgentCard, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import { readInfo, readItems } from '../../protocol/disco.ts';
import { readTime } from '../../protocol/entity-time.ts';
import {
  FORM_CMD_META,
  FORM_SERVER_INFO,
  NODE_VCARD4,
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_AVATAR_DATA,
  NS_AVATAR_METADATA,
  NS_COMMANDS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_PUBSUB,
  NS_VCARD,
  NS_VCARD_UPDATE,
  NS_VCARD4,
} from '../../protocol/namespaces.ts';
import { pubsubItemsQuery, readPubsubItems } from '../../protocol/pubsub.ts';
import { readVcardTemp } from '../../protocol/vcard-temp.ts';
import { readVcard4 } from '../../protocol/vcard4.ts';
import { readVersion } from '../../protocol/version.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { readPicture } from '../../worker/identity/avatar.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import {
  createDirectory,
  type RunningDirectory,
  runWorker,
  startDirectory,
  until,
} from '../support/directory.ts';
import { expectKnown } from '../support/expect-identity.ts';

const contacts = ['mailto:hall@guildhall.example', 'https://guildhall.example/'];
const picture = readPicture();

let directory: RunningDirectory;
let address: string;

beforeAll(async () => {
  directory = await startDirectory(undefined, { contacts });
  address = `${directory.jid}/guildhall`;
});

const stranger = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });

/** The answer's payload. */
async function ask(agent: TestAgent, payload: Element, to = address, type: 'get' | 'set' = 'get') {
  const [answer] = (await agent.ask(type, payload, to)).getChildElements();
  return answer as Element;
}

const info = async (agent: TestAgent, node: string | null = null) =>
  readInfo(await ask(agent, xml('query', { xmlns: NS_DISCO_INFO, node })));

/** The last item of a node on the directory's own account. */
async function item(agent: TestAgent, node: string) {
  const { items } = readPubsubItems(await ask(agent, pubsubItemsQuery(node, 1), directory.jid));
  return items[0];
}

const newsNode = 'urn:guildhall:news:0';
const pubsub = (agent: TestAgent, type: 'get' | 'set', child: Element) =>
  agent.ask(type, xml('pubsub', { xmlns: NS_PUBSUB }, child), address);
const newsItems = (agent: TestAgent) =>
  pubsub(agent, 'get', xml('items', { node: newsNode, max_items: '1' }));

/** The features of pubsub (XEP-0060 §10), asked of the node of the news. */
const pubsubAsked: { [feature: string]: (agent: TestAgent) => Promise<unknown> } = {
  [NS_PUBSUB]: newsItems,
  [`${NS_PUBSUB}#retrieve-items`]: newsItems,
  [`${NS_PUBSUB}#persistent-items`]: newsItems,
  [`${NS_PUBSUB}#item-ids`]: (agent) =>
    pubsub(agent, 'get', xml('items', { node: newsNode }, xml('item', { id: '1' }))),
  [`${NS_PUBSUB}#rsm`]: async (agent) => {
    const set = xml('set', { xmlns: 'http://jabber.org/protocol/rsm' }, xml('max', {}, '1'));
    const question = xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', { node: newsNode }), set);
    const answer = await agent.ask('get', question, address);
    expect(answer.getChild('pubsub', NS_PUBSUB)?.getChild('set')).toBeDefined();
  },
  [`${NS_PUBSUB}#meta-data`]: async (agent) => {
    const { forms } = await info(agent, newsNode);
    expect(forms.map(formNamespace)).toContain(`${NS_PUBSUB}#meta-data`);
  },
  [`${NS_PUBSUB}#subscribe`]: async (agent) => {
    await pubsub(agent, 'set', xml('subscribe', { node: newsNode, jid: agent.jid }));
  },
  [`${NS_PUBSUB}#retrieve-subscriptions`]: async (agent) => {
    const answer = await pubsub(agent, 'get', xml('subscriptions'));
    const [own] = answer.getChild('pubsub', NS_PUBSUB)?.getChild('subscriptions')?.getChildElements() ?? [];
    expect(own?.attrs).toMatchObject({ node: newsNode, jid: agent.jid });
    await pubsub(agent, 'set', xml('unsubscribe', { node: newsNode, jid: agent.jid }));
  },
};

/** How each feature is asked for; where there is nothing to ask, why. */
const asked: { [feature: string]: (agent: TestAgent) => Promise<unknown> } = {
  'jabber:iq:agents': (agent) => ask(agent, xml('query', { xmlns: 'jabber:iq:agents' })),
  'http://jabber.org/protocol/caps': async (agent) => {
    const seen = await announced(agent);
    const caps = readCaps(seen);
    const said = await ask(agent, xml('query', { xmlns: NS_DISCO_INFO, node: `${caps?.node}#${caps?.ver}` }));
    expect(capsVerOfElement(said)).toBe(caps?.ver);
  },
  [NS_COMMANDS]: async (agent) => {
    const list = await ask(agent, xml('query', { xmlns: NS_DISCO_ITEMS, node: NS_COMMANDS }));
    expect(readItems(list).items.length).toBeGreaterThan(8);
  },
  'jabber:x:data': async (agent) => {
    const { form } = await askCommand(agent, address, 'search', {});
    expect(form?.fields.length).toBe(3);
  },
  'http://jabber.org/protocol/xdata-validate': async (agent) => {
    const { form } = await askCommand(agent, address, 'search', {});
    expect(form?.fields.find(({ var: name }) => name === 'max')?.validation?.datatype).toBe('xs:integer');
  },
  [NS_DISCO_INFO]: (agent) => info(agent),
  [NS_DISCO_ITEMS]: (agent) => ask(agent, xml('query', { xmlns: NS_DISCO_ITEMS })),
  'urn:xmpp:ping': (agent) => ask(agent, xml('ping', { xmlns: 'urn:xmpp:ping' })),
  'http://jabber.org/protocol/rsm': async (agent) => {
    const set = xml('set', { xmlns: 'http://jabber.org/protocol/rsm' }, xml('max', {}, '0'));
    const list = await ask(agent, xml('query', { xmlns: NS_DISCO_ITEMS, node: 'tags' }, set));
    expect(readItems(list).items).toEqual([]);
    // Other tests' agents on the same servers have tags, too.
    expect(readItems(list).rsm?.count).toBeGreaterThanOrEqual(0);
  },
  'jabber:iq:search': (agent) => ask(agent, xml('query', { xmlns: 'jabber:iq:search' })),
  'jabber:iq:version': async (agent) => {
    const version = readVersion(await ask(agent, xml('query', { xmlns: 'jabber:iq:version' })));
    expect(version).toEqual({ name: 'Guildhall', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  },
  'urn:xmpp:time': async (agent) => {
    const before = Date.now();
    const time = readTime(await ask(agent, xml('time', { xmlns: 'urn:xmpp:time' })));
    // To the second.
    expect(time.getTime()).toBeGreaterThan(before - 1_000);
    expect(time.getTime()).toBeLessThanOrEqual(Date.now());
  },
  [NS_VCARD]: async (agent) => {
    const vcard = readVcardTemp(await ask(agent, xml('vCard', { xmlns: NS_VCARD })));
    expect(vcard).toMatchObject({ fn: 'Guildhall', email: 'hall@guildhall.example', jid: directory.jid });
    expect(vcard.photo).toEqual({ type: 'image/png', base64: picture.base64 });
  },
  [NS_VCARD4]: async (agent) => {
    const vcard = readVcard4(await ask(agent, xml('vcard', { xmlns: NS_VCARD4 })));
    expect(vcard).toMatchObject({ fn: 'Guildhall', urls: ['https://guildhall.example/'], langs: ['en'] });
  },
  'urn:xmpp:receipts': async (agent) => {
    const reply = await replyTo(agent, xml('request', { xmlns: 'urn:xmpp:receipts' }));
    expect(reply.getChild('received', 'urn:xmpp:receipts')?.attrs.id).toBe('receipt-1');
  },
  'urn:xmpp:styling:0': async (agent) => {
    expect((await replyTo(agent)).getChildText('body')).toContain('find WORDS');
  },
  'urn:xmpp:a2a:1': async (agent) => {
    const node = 'urn:xmpp:a2a:cmd:tasks';
    const params = { id: 't1', message: { role: 'user', parts: [{ type: 'text', text: 'status' }] } };
    const request = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tasks/send', params });
    const { sessionId: sid } = await askCommand(agent, address, node, {});
    const values = { jsonrpc_request: request };
    const { form, status } = await askCommand(agent, address, node, { sid, action: 'complete', values });
    const response = JSON.parse(
      form?.fields.find((one) => one.var === 'jsonrpc_response')?.values.join('\n') ?? '',
    );
    expect(status).toBe('completed');
    expect(response).toMatchObject({
      jsonrpc: '2.0',
      id: 7,
      result: { id: 't1', status: { state: 'completed' } },
    });
    // Other tests' agents on the same servers are listed, too.
    expect(response.result.artifacts[0].parts[0].text).toMatch(/^\d+ listings? of \d+ agents?/);
  },
  'urn:xmpp:a2a:business_card:1': async (agent) => {
    const node = 'urn:xmpp:a2a:cmd:exchange_business_card';
    const { sessionId: sid, form: begun } = await askCommand(agent, address, node, {});
    expect(begun?.fields.map((one) => one.var)).toContain('company');
    const values = { name: 'Ann', phone: '1' };
    const { form } = await askCommand(agent, address, node, { sid, action: 'complete', values });
    expect(form?.fields.find((one) => one.var === 'xmpp')?.values).toEqual([directory.jid]);
    expect(form?.fields.find((one) => one.var === 'phone')?.values).toEqual(['']);
  },
  ...pubsubAsked,
  'urn:xmpp:agent-directory:0': async (agent) => {
    const list = await ask(
      agent,
      xml('query', { xmlns: NS_DISCO_ITEMS, node: 'urn:xmpp:agent-directory:0' }),
    );
    // Other tests' gateways on the same servers may have endpoints: each is its own address, and nothing else.
    expect(
      readItems(list)
        .items.map(({ node }) => node)
        .filter(Boolean),
    ).toEqual([]);
  },
  'urn:guildhall:directory:0': (agent) => ask(agent, xml('query', { xmlns: NS_DISCO_ITEMS, node: 'tags' })),
};

/** The reply to a word of chat. */
async function replyTo(agent: TestAgent, ...more: Element[]): Promise<Element> {
  const heard = Promise.withResolvers<Element>();
  agent.onMessage = (stanza) => stanza.getChild('body') && heard.resolve(stanza);
  agent.send(
    xml('message', { to: address, type: 'chat', id: 'receipt-1' }, xml('body', {}, 'help'), ...more),
  );
  return heard.promise;
}

/** The presence by which the directory announces itself to whom it sees. */
async function announced(agent: TestAgent): Promise<Element> {
  const heard = Promise.withResolvers<Element>();
  agent.onPresence = (stanza) => readCaps(stanza) && heard.resolve(stanza);
  agent.subscribe();
  return heard.promise;
}

describe('the directory says of itself', () => {
  test('no feature that it does not answer', async () => {
    const agent = await stranger();
    const { features } = await info(agent);
    // These ask others for what they publish.
    const own = features.filter((feature) => !feature.endsWith('+notify'));
    expect(own.toSorted()).toEqual(Object.keys(asked).toSorted());
    for (const feature of Object.keys(asked)) await asked[feature]?.(agent);
  });

  test('where its operator can be written to', async () => {
    const { forms } = await info(await stranger());
    const form = forms.find((one) => formNamespace(one) === FORM_SERVER_INFO);
    expect(form && readContacts(form)).toEqual({ abuse: contacts, admin: contacts, support: contacts });
  });

  test('which picture is its own, wherever a client looks', async () => {
    const agent = await stranger();
    const update = (await announced(agent)).getChild('x', NS_VCARD_UPDATE);
    const metadata = await until('it is published', () => item(agent, NS_AVATAR_METADATA).catch(() => null));
    const data = await item(agent, NS_AVATAR_DATA);
    expect(update?.getChildText('photo')).toBe(picture.info.id);
    expect(metadata.id).toBe(picture.info.id);
    expect(readAvatar(metadata.payload as Element)).toEqual([picture.info]);
    expect([data?.id, data?.payload?.text()]).toEqual([picture.info.id, picture.base64]);
    const vcard = readVcardTemp(await ask(agent, xml('vCard', { xmlns: NS_VCARD }), directory.jid));
    expect([vcard.fn, vcard.photo?.base64]).toEqual(['Guildhall', picture.base64]);
  });

  test('its name by vCard4 on its account, to everybody', async () => {
    const agent = await stranger();
    const vcard = await until('it is published', () => item(agent, NODE_VCARD4).catch(() => null));
    expect(readVcard4(vcard.payload as Element)).toMatchObject({ fn: 'Guildhall' });
  });

  test('what it offers by cards, to whoever subscribes and to nobody else', async () => {
    const agent = await stranger();
    await expect(item(agent, NS_AGENTCARD)).rejects.toThrow(/forbidden|presence-subscription|not-authorized/);
    await announced(agent);
    const [sns, a2a] = await Promise.all([item(agent, NS_AGENTCARD), item(agent, NS_AGENTCARD_0)]);
    expect(sns?.id).toBe('current');
    const card = readAgentCard(sns?.payload as Element);
    const search = card.skills.find(({ node }) => node === 'search');
    const { form } = await askCommand(agent, address, 'search', {});
    expect(search?.fields?.map(({ var: name, type, required }) => [name, type, required])).toEqual(
      form?.fields.map(({ var: name, type, required }) => [name, type, required]),
    );
    expect(card).toMatchObject({ name: 'Guildhall', url: `xmpp:${directory.jid}` });
    expect(readA2aCard(a2a?.payload as Element).skills.map(({ id }) => id)).toEqual(
      card.skills.map(({ id }) => id),
    );
  });

  test('of each command what it takes, as its first form has it', async () => {
    const agent = await stranger();
    const list = await ask(agent, xml('query', { xmlns: NS_DISCO_ITEMS, node: NS_COMMANDS }));
    for (const { node } of readItems(list).items) {
      const form = (await info(agent, node)).forms.find((one) => formNamespace(one) === FORM_CMD_META);
      const meta = readCommandMeta(form as never);
      const begun = await askCommand(agent, address, node as string, {});
      const shown = begun.status === 'executing' ? (begun.form?.fields ?? []) : [];
      const outline = (fields: typeof shown) =>
        fields.map(({ var: name, type, label, required, options }) => ({
          name,
          type,
          label,
          required,
          options: options.map(({ value }) => value),
        }));
      expect(meta.description, node ?? '').toMatch(/\S/);
      expect(outline(meta.fields), node ?? '').toEqual(outline(shown));
      if (begun.status === 'executing') {
        await askCommand(agent, address, node as string, { sid: begun.sessionId, action: 'cancel' });
      }
    }
  });

  test('the same once more when it is back, and tells nobody again', async () => {
    const own = await createDirectory();
    /** What is sent to the account itself, of its nodes and its vCard, until the last node was looked at and settled. */
    const settled = async () => {
      const worker = await runWorker(own);
      const sent: Element[] = [];
      await until('it is the directory', async () =>
        worker.logged.some(({ event }) => event === 'door-taken'),
      );
      worker.session.emitter.on('send', (stanza: Element) => sent.push(stanza));
      const isLast = ({ type, child }: { type: string; child: Element | undefined }) =>
        type === 'get' && child?.getChild('items')?.attrs.node === NS_AGENTCARD_0;
      const asked = () =>
        sent
          .filter(({ name, attrs }) => name === 'iq' && attrs.to === undefined)
          .map(({ attrs, children }) => ({
            type: attrs.type ?? '',
            child: children[0] as Element | undefined,
          }));
      await until('the last node is looked at', async () => asked().some(isLast));
      await wait(500);
      await worker.stop();
      return asked().filter(({ type, child }) => type === 'set' && isOwn(child));
    };
    const isOwn = (child: Element | undefined) => child?.name === 'pubsub' || child?.name === 'vCard';
    expect((await settled()).length).toBeGreaterThanOrEqual(4);
    expect(await settled()).toEqual([]);
  });
});

test('a command of a single form is done by one that knows no others: execute, then complete', async () => {
  const agent = await stranger();
  const { sessionId: sid, actions } = await askCommand(agent, address, 'search', {});
  expect(actions).toEqual(['next', 'complete']);
  const values = { query: '', sort: 'name', max: '5' };
  const done = await askCommand(agent, address, 'search', { sid, action: 'complete', values });
  expect(done.status).toBe('completed');
});

test('another directory that sees this one lists nothing of it, whether by its commands or by its card', async () => {
  const other = await createDirectory();
  const worker = await runWorker(other);
  await until('both are online', async () => worker.session.ready);
  // As agents do: it subscribes, and so consents; the other one reads its card and its commands.
  directory.session.send(xml('presence', { to: other.jid, type: 'subscribe' }));
  const visited = () =>
    worker.logged.filter(({ event, details }) => event === 'visit' && details.jid === directory.jid);
  await until('it is visited', async () => visited().some(({ details }) => details.reachable));
  await wait(3_000);
  expect(visited().map(({ details }) => details.listings)).toEqual(visited().map(() => 0));
  await worker.stop();
});

test('a client of another library finds it to be what it says, verifies its capabilities, and talks with it', async () => {
  const server = inject('stack').xmpp.find(({ domain }) => domain === 'works.test');
  if (!server) throw new Error('no server for works.test');
  await expectKnown(directory, server, contacts);
});
