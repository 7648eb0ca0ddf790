import { describe, expect, test } from 'vitest';
import { parseJid } from '../../../protocol/jid.ts';
import { NS_PUBSUB, NS_PUBSUB_ERRORS, NS_PUBSUB_OWNER } from '../../../protocol/namespaces.ts';
import { ParseError } from '../../../protocol/parse-error.ts';
import type { ItemsQuestion } from '../../../protocol/pubsub-service.ts';
import { readStanzaError } from '../../../protocol/stanza-error.ts';
import { xml } from '../../../protocol/xml.ts';
import type { OwnNode } from '../../../worker/pubsub/own-node.ts';
import { PubsubDesk } from '../../../worker/pubsub/pubsub-desk.ts';
import { StillNode } from '../../../worker/pubsub/still-node.ts';
import { parseXml } from '../../support/xml.ts';

const info = { title: 'Card', description: 'A card.', type: 'urn:card' };
const card = { id: 'current', payload: xml('card', { xmlns: 'urn:card' }) };

/** A node that notes who follows it, and takes two at most. */
function livelyNode(asked: ItemsQuestion[] = []): OwnNode {
  const addresses = new Map<string, string>();
  return {
    node: 'lively',
    access: 'open',
    info: { ...info, title: 'Lively' },
    async items(question) {
      asked.push(question);
      return { items: [card], rsm: null };
    },
    subscribable: {
      async subscribe({ jid }, address) {
        if (addresses.size >= 2 && !addresses.has(jid)) return 'full';
        addresses.set(jid, address);
        return 'subscribed';
      },
      unsubscribe: async ({ jid }) => addresses.delete(jid),
      addressOf: async ({ jid }) => addresses.get(jid) ?? null,
    },
  };
}

function openDesk(asked?: ItemsQuestion[]) {
  const nodes = [
    livelyNode(asked),
    new StillNode({ node: 'open-card', item: card, access: 'open', info }),
    new StillNode({ node: 'card', item: card, access: 'presence', info }),
  ];
  return new PubsubDesk({ nodes, isSubscriber: (jid) => jid === 'friend@capulet.test' });
}

const juliet = 'juliet@capulet.test/balcony';

function ask(desk: PubsubDesk, type: 'get' | 'set', content: string, from = juliet, xmlns = NS_PUBSUB) {
  return desk.answer(parseJid(from), parseXml(`<pubsub xmlns='${xmlns}'>${content}</pubsub>`), type);
}

/** Type, condition, pubsub's own condition and its feature, of an answer that is an error. */
async function refused(...asked: Parameters<typeof ask>) {
  const reply = await ask(...asked);
  if (reply?.name !== 'error') throw new Error(`no error: ${reply}`);
  const { type, condition } = readStanzaError(xml('iq', {}, reply));
  const own = reply.getChildElements().find(({ attrs }) => attrs.xmlns === NS_PUBSUB_ERRORS);
  return [type, condition, own?.name, own?.attrs.feature];
}

describe('the desk of pubsub', () => {
  test.each([
    ['get', "<items node='nothing'/>", ['cancel', 'item-not-found']],
    ['get', '<items/>', ['modify', 'bad-request', 'nodeid-required']],
    ['get', "<items node='lively' subid='1'/>", ['modify', 'not-acceptable', 'invalid-subid']],
    ['get', "<items node='card'/>", ['auth', 'not-authorized', 'presence-subscription-required']],
    [
      'set',
      "<subscribe node='card' jid='juliet@capulet.test'/>",
      ['auth', 'not-authorized', 'presence-subscription-required'],
    ],
    [
      'set',
      "<subscribe node='open-card' jid='juliet@capulet.test'/>",
      ['cancel', 'feature-not-implemented', 'unsupported', 'subscribe'],
    ],
    ['set', "<subscribe node='nothing' jid='juliet@capulet.test'/>", ['cancel', 'item-not-found']],
    ['set', "<subscribe jid='juliet@capulet.test'/>", ['modify', 'bad-request', 'nodeid-required']],
    ['set', "<subscribe node='lively'/>", ['modify', 'bad-request', 'jid-required']],
    ['set', "<subscribe node='lively' jid='romeo@montague.test'/>", ['modify', 'bad-request', 'invalid-jid']],
    ['set', "<subscribe node='lively' jid='capulet.test'/>", ['modify', 'bad-request', 'invalid-jid']],
    ['set', "<subscribe node='lively' jid='@'/>", ['modify', 'bad-request', 'invalid-jid']],
    [
      'set',
      "<subscribe node='lively' jid='juliet@capulet.test'/><options><x xmlns='jabber:x:data' type='submit'/></options>",
      ['cancel', 'feature-not-implemented', 'unsupported', 'subscription-options'],
    ],
    [
      'set',
      "<unsubscribe node='lively' jid='juliet@capulet.test'/>",
      ['cancel', 'unexpected-request', 'not-subscribed'],
    ],
    [
      'set',
      "<unsubscribe node='open-card' jid='juliet@capulet.test'/>",
      ['cancel', 'unexpected-request', 'not-subscribed'],
    ],
    ['set', "<publish node='lively'><item><x xmlns='y'/></item></publish>", ['auth', 'forbidden']],
    ['set', "<publish node='nothing'><item/></publish>", ['cancel', 'item-not-found']],
    ['set', "<retract node='lively'><item id='1'/></retract>", ['auth', 'forbidden']],
    ['set', "<create node='mine'/>", ['cancel', 'feature-not-implemented', 'unsupported', 'create-nodes']],
    ['set', '<create/>', ['cancel', 'feature-not-implemented', 'unsupported', 'create-nodes']],
    ['get', '<affiliations/>', ['cancel', 'feature-not-implemented', 'unsupported', 'retrieve-affiliations']],
    ['get', '<default/>', ['cancel', 'feature-not-implemented', 'unsupported', 'retrieve-default-sub']],
    [
      'get',
      "<options node='lively' jid='juliet@capulet.test'/>",
      ['cancel', 'feature-not-implemented', 'unsupported', 'subscription-options'],
    ],
    ['get', "<subscriptions node='nothing'/>", ['cancel', 'item-not-found']],
  ] as ['get' | 'set', string, string[]][])('refuses %s %s', async (type, content, expected) => {
    const [stanzaType, condition, own, feature] = expected;
    expect(await refused(openDesk(), type, content)).toEqual([stanzaType, condition, own, feature]);
  });

  test.each([
    ["<delete node='lively'/>", ['auth', 'forbidden']],
    ["<configure node='nothing'/>", ['cancel', 'item-not-found']],
    ["<subscriptions node='lively'/>", ['auth', 'forbidden']],
  ])('refuses to an owner that is none %s', async (content, [type, condition]) => {
    const reply = refused(openDesk(), 'set', content, juliet, NS_PUBSUB_OWNER);
    expect(await reply).toEqual([type, condition, undefined, undefined]);
  });

  test.each(['', 'text', "<items node='lively' max_items='-1'/>", `<items node='${'x'.repeat(2_000)}'/>`])(
    'cannot read %.60s',
    async (content) => {
      await expect(ask(openDesk(), 'get', content)).rejects.toBeInstanceOf(ParseError);
    },
  );

  test('subscribes whoever asks, once, at the address that it names, and says so', async () => {
    const desk = openDesk();
    const subscribe = (jid: string) => ask(desk, 'set', `<subscribe node='lively' jid='${jid}'/>`);
    const at = (reply: unknown) => String(reply);
    expect(at(await subscribe('Juliet@capulet.test'))).toContain(
      '<subscription node="lively" jid="juliet@capulet.test" subscription="subscribed"/>',
    );
    await subscribe('juliet@capulet.test/balcony');
    const own = await ask(desk, 'get', '<subscriptions/>');
    expect(
      own
        ?.getChild('subscriptions')
        ?.getChildElements()
        .map(({ attrs }) => attrs.jid),
    ).toEqual(['juliet@capulet.test/balcony']);
    const others = await ask(desk, 'get', '<subscriptions/>', 'romeo@montague.test/x');
    expect(others?.getChild('subscriptions')?.getChildElements()).toEqual([]);
    expect(await ask(desk, 'set', "<unsubscribe node='lively' jid='juliet@capulet.test'/>")).toBeNull();
  });

  test('has room for so many', async () => {
    const desk = openDesk();
    for (const name of ['a', 'b']) {
      await ask(desk, 'set', `<subscribe node='lively' jid='${name}@x.test'/>`, `${name}@x.test/r`);
    }
    expect(await refused(desk, 'set', "<subscribe node='lively' jid='c@x.test'/>", 'c@x.test/r')).toEqual([
      'wait',
      'policy-violation',
      'too-many-subscriptions',
      undefined,
    ]);
  });

  test('hands on which items are asked for', async () => {
    const asked: ItemsQuestion[] = [];
    const desk = openDesk(asked);
    await ask(desk, 'get', "<items node='lively' max_items='3'/>");
    await ask(desk, 'get', "<items node='lively'><item id='7'/><item id='9'/><item/></items>");
    await ask(
      desk,
      'get',
      "<items node='lively'/><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before/></set>",
    );
    expect(asked).toEqual([
      { ids: [], max: 3, rsm: null },
      { ids: ['7', '9'], max: null, rsm: null },
      { ids: [], max: null, rsm: { max: 2, place: { from: 'end' } } },
    ]);
  });

  test('says what its nodes are, and which items they have', async () => {
    const desk = openDesk();
    const caller = { jid: 'juliet@capulet.test', domain: 'capulet.test' };
    expect(desk.info('nothing')).toBeNull();
    expect(desk.info('card')?.identities).toEqual([
      { category: 'pubsub', type: 'leaf', name: 'Card', lang: null },
    ]);
    expect(desk.info('card')?.forms[0]?.fields.map((field) => field.values[0])).toEqual([
      `${NS_PUBSUB}#meta-data`,
      'Card',
      'A card.',
      'urn:card',
      'presence',
    ]);
    expect(await desk.items(caller, 'open-card', null, 'own@x.test/g')).toMatchObject({
      items: [{ jid: 'own@x.test/g', node: null, name: 'current' }],
    });
    expect(await desk.items(caller, 'nothing', null, 'own@x.test/g')).toBeNull();
    expect(desk.list('own@x.test/g').map(({ node }) => node)).toEqual(['lively', 'open-card', 'card']);
  });
});

describe('a still node', () => {
  const items = async (content: string, from = 'friend@capulet.test/x') => {
    const reply = await ask(openDesk(), 'get', content, from);
    return reply
      ?.getChild('items')
      ?.getChildElements()
      .map(({ attrs }) => attrs.id);
  };

  test('gives its one item to those who may read it', async () => {
    expect(await items("<items node='card'/>")).toEqual(['current']);
    expect(await items("<items node='open-card'/>", juliet)).toEqual(['current']);
  });

  test('gives it by its id, and none by others', async () => {
    expect(await items("<items node='card'><item id='current'/></items>")).toEqual(['current']);
    expect(await items("<items node='card'><item id='old'/></items>")).toEqual([]);
    expect(await items("<items node='card' max_items='0'/>")).toEqual([]);
  });
});
