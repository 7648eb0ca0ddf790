import { describe, expect, test } from 'vitest';
import { capsVer, readCaps, writeCaps } from '../../protocol/caps.ts';
import {
  readCommandRequest,
  readCommandResponse,
  writeCommandRequest,
  writeCommandResponse,
} from '../../protocol/commands.ts';
import { field, form, readForm, writeForm } from '../../protocol/data-form.ts';
import { readAgentCard, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import { readListingForm, writeListingForm } from '../../protocol/dialects/listing-form.ts';
import { readNews, writeNews } from '../../protocol/dialects/news.ts';
import { readOnBehalfOf, writeOnBehalfOf } from '../../protocol/dialects/on-behalf-of.ts';
import { readQueryNotice, writeQueryNotice } from '../../protocol/dialects/query-notice.ts';
import { infoQuery, itemsQuery, readInfo, readItems, writeInfo, writeItems } from '../../protocol/disco.ts';
import { readConfirm, writeConfirm } from '../../protocol/http-auth.ts';
import { readPresence } from '../../protocol/presence.ts';
import { pubsubItemsQuery, readPubsubEvent, readPubsubItems } from '../../protocol/pubsub.ts';
import { readRoster, rosterQuery } from '../../protocol/roster.ts';
import { readRsmResult, writeRsmResult } from '../../protocol/rsm.ts';
import { readStanzaError, writeStanzaError } from '../../protocol/stanza-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

/** Each codec that writes what it reads, with a stanza that it must give back as it was. */
const pairs: [string, (element: Element) => Element][] = [
  ['xep-0030/info.xml', (element) => writeInfo(readInfo(element))],
  ['xep-0030/items.xml', (element) => writeItems(readItems(element))],
  ['xep-0004/form.xml', (element) => writeForm(readForm(element))],
  ['xep-0004/table.xml', (element) => writeForm(readForm(element))],
  ['xep-0050/request.xml', (element) => writeCommandRequest(readCommandRequest(element))],
  ['xep-0050/response.xml', (element) => writeCommandResponse(readCommandResponse(element))],
  [
    'guildhall/relayed-call.xml',
    (element) => {
      const of = readOnBehalfOf(element);
      return writeCommandRequest(readCommandRequest(element), of ? [writeOnBehalfOf(of)] : []);
    },
  ],
  ['xep-0070/confirm.xml', (element) => writeConfirm(readConfirm(element))],
  ['guildhall/listing.xml', (element) => writeForm(writeListingForm(readListingForm(readForm(element))))],
  ['guildhall/notice.xml', (element) => writeQueryNotice(readQueryNotice(element))],
  ['guildhall/news.xml', (element) => writeNews(readNews(element))],
];

describe('a stanza read and written again', () => {
  test.each(pairs)('%s is what it was', (path, roundTrip) => {
    expect(canonicalXml(roundTrip(fixture(path)))).toBe(canonicalXml(fixture(path)));
  });
});

describe('the values read from', () => {
  test('disco#info (XEP-0030, XEP-0128)', () => {
    expect(readInfo(fixture('xep-0030/info.xml'))).toEqual({
      node: 'urn:x:convert',
      identities: [{ category: 'automation', type: 'command-node', name: 'Convert currency', lang: 'en' }],
      features: ['http://jabber.org/protocol/commands', 'jabber:x:data'],
      forms: [
        form('result', [
          field('FORM_TYPE', 'urn:guildhall:listing:0', 'hidden'),
          field('name', 'Convert currency'),
        ]),
      ],
    });
  });

  test('disco#items (XEP-0030)', () => {
    expect(readItems(fixture('xep-0030/items.xml'))).toEqual({
      node: 'http://jabber.org/protocol/commands',
      items: [
        { jid: 'fx@works.test/desk', node: 'urn:x:convert', name: 'Convert currency' },
        { jid: 'pubsub.works.test', node: null, name: null },
      ],
      rsm: null,
    });
  });

  test('a data form with validation (XEP-0004, XEP-0122)', () => {
    const { title, instructions, fields } = readForm(fixture('xep-0004/form.xml'));
    expect({ title, instructions }).toEqual({
      title: 'Convert currency',
      instructions: 'Fill in an amount.',
    });
    expect(fields.map(({ var: name, type, required }) => [name, type, required])).toEqual([
      ['note', 'fixed', false],
      ['amount', 'text-single', true],
      ['to', 'list-single', true],
      ['code', 'text-single', false],
      ['round', 'boolean', false],
    ]);
    expect(fields[1]?.validation).toEqual({
      datatype: 'xs:decimal',
      method: 'range',
      min: '0',
      max: '1000000',
      regex: null,
    });
    expect(fields[2]?.options).toEqual([
      { label: 'Euro', value: 'EUR' },
      { label: 'Yen', value: 'JPY' },
    ]);
  });

  test('the answer of a command (XEP-0050)', () => {
    expect(readCommandResponse(fixture('xep-0050/response.xml'))).toMatchObject({
      node: 'urn:x:convert',
      sessionId: 's1',
      status: 'executing',
      actions: ['prev', 'complete'],
      notes: [{ type: 'warn', text: 'Rates are of yesterday' }],
    });
  });

  test('a list of pubsub items (XEP-0060)', () => {
    const { node, items } = readPubsubItems(fixture('xep-0060/items.xml'));
    expect(node).toBe('urn:xmpp:a2a:agentcard');
    expect(items.map(({ id, publisher, payload }) => [id, publisher, payload?.name])).toEqual([
      ['current', 'hermes@agents.test/x', 'agentcard'],
      ['empty', null, undefined],
    ]);
  });

  test('a pubsub notification (XEP-0060)', () => {
    const event = readPubsubEvent(fixture('xep-0060/event.xml'));
    expect([event?.node, event?.items.length, event?.retracted]).toEqual([
      'urn:guildhall:listing:0',
      1,
      ['old'],
    ]);
    expect(readPubsubEvent(parseXml('<message><body>hello</body></message>'))).toBeNull();
  });

  test('a result set (XEP-0059)', () => {
    const query = fixture('xep-0059/result.xml');
    const result = { first: 'a@x.test', last: 'z@x.test', count: 800 };
    expect(readRsmResult(query)).toEqual(result);
    expect(canonicalXml(writeRsmResult(result))).toBe(canonicalXml(query.getChildElements()[0] as Element));
  });

  test('a stanza error (RFC 6120)', () => {
    const stanza = fixture('rfc-6120/error.xml');
    const error = { type: 'wait', condition: 'resource-constraint', text: 'Slow down' } as const;
    expect(readStanzaError(stanza)).toEqual(error);
    expect(canonicalXml(writeStanzaError(error))).toBe(canonicalXml(stanza.getChild('error') as Element));
    expect(readStanzaError(parseXml("<iq type='error'/>"))).toEqual({
      type: 'cancel',
      condition: 'undefined-condition',
      text: null,
    });
  });

  test('a roster, addresses prepared and impossible ones left out (RFC 6121)', () => {
    expect(readRoster(fixture('rfc-6121/roster.xml'))).toEqual([
      { jid: 'hermes@agents.test', subscription: 'both', asked: false },
      { jid: 'fx@works.test', subscription: 'from', asked: true },
    ]);
  });

  test('a presence with capabilities (RFC 6121, XEP-0115)', () => {
    const stanza = fixture('rfc-6121/presence.xml');
    const caps = { hash: 'sha-1', node: 'https://fx.example', ver: 'QgayPKawpkPSDYmwT/WM94uAlu0=' };
    expect(readPresence(stanza)).toEqual({
      type: 'available',
      from: { local: 'fx', domain: 'works.test', resource: 'Desk' },
      caps,
      caps2: null,
    });
    expect(readCaps(writePresenceWith(caps))).toEqual(caps);
    expect(readPresence(parseXml("<presence from='foo@'/>"))).toBeNull();
    expect(readPresence(parseXml("<presence from='a@b.test' type='odd'/>"))).toBeNull();
  });

  test("an AI-SNS agent card, each spelling of the skill's command and the HTTP skill", () => {
    const card = readAgentCard(fixture('ai-sns/card.xml'));
    expect([card.name, card.url, card.version]).toEqual(['Hermes', 'xmpp:hermes@agents.test', '1.2']);
    expect(card.skills.map(({ id, node, endpoint }) => [id, node, endpoint])).toEqual([
      ['stats', 'urn:xmpp:a2a:cmd:stats', null],
      ['urn:xmpp:a2a:cmd:hash', 'urn:xmpp:a2a:cmd:hash', null],
      ['web', null, 'https://hermes.example/rpc'],
    ]);
    expect(
      card.skills[0]?.fields?.map(({ var: name, type, values, options }) => [name, type, values, options]),
    ).toEqual([
      ['text', 'text-multi', [], []],
      [
        'unit',
        'list-single',
        ['words'],
        [
          { label: null, value: 'words' },
          { label: 'Letters', value: 'letters' },
        ],
      ],
    ]);
  });

  test('the metadata form of an AI-SNS command', () => {
    const meta = readCommandMeta(readForm(fixture('ai-sns/meta.xml')));
    expect([meta.description, meta.source]).toEqual(['Counts words', 'builtin']);
    expect(meta.fields.map(({ var: name, type }) => [name, type])).toEqual([['text', 'text-multi']]);
  });

  test('a listing form', () => {
    expect(readListingForm(readForm(fixture('guildhall/listing.xml')))).toEqual({
      name: 'Convert currency',
      description: 'Converts an amount by a dated table.',
      category: 'finance',
      tags: ['currency', 'exchange'],
      lang: ['en', 'pt-br'],
      command: 'urn:x:convert',
      price: { amount: '0.02', currency: 'EUR', unit: 'call' },
      location: { lat: 59.91, lon: 10.75 },
      terms: 'https://fx.example/terms',
      icon: 'https://fx.example/icon.png',
      queries: ['How many yen are ten euros?'],
      relay: 'allow',
      presence: null,
      index: null,
    });
  });
});

describe('the questions asked', () => {
  test.each([
    [
      'disco#info of a node',
      infoQuery('n'),
      "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>",
    ],
    ['disco#info', infoQuery(), "<query xmlns='http://jabber.org/protocol/disco#info'/>"],
    [
      'a page of disco#items',
      itemsQuery(null, { max: 100, after: 'z' }),
      "<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><after>z</after></set></query>",
    ],
    ['the roster', rosterQuery(), "<query xmlns='jabber:iq:roster'/>"],
    [
      'the items of a node',
      pubsubItemsQuery('n', 5),
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n' max_items='5'/></pubsub>",
    ],
  ])('%s', (_what, query, expected) => {
    expect(canonicalXml(query)).toBe(canonicalXml(parseXml(expected)));
  });
});

test.each([
  ['simple', 'QgayPKawpkPSDYmwT/WM94uAlu0='],
  ['complex', 'q07IKJEyjvHSyhy//CH0CxmKi8w='],
])('the verification string of the %s example of XEP-0115 §5 is the one it gives', (name, ver) => {
  expect(capsVer(readInfo(fixture(`xep-0115/${name}.xml`)))).toBe(ver);
});

function writePresenceWith(caps: { hash: string; node: string; ver: string }): Element {
  const presence = parseXml("<presence from='a@b.test'/>");
  presence.append(writeCaps(caps));
  return presence;
}
