import { describe, expect, test } from 'vitest';
import {
  cardInterfacesMax,
  readA2aCard,
  writeA2aCard,
  xmppAddressOf,
} from '../../protocol/dialects/a2a-card.ts';
import { type AgentCard, readAgentCard } from '../../protocol/dialects/ai-sns.ts';
import { readArdEntry, writeArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { readInvoice, writeInvoice } from '../../protocol/dialects/payment.ts';
import { type JsonObject, parseJsonObject } from '../../protocol/json.ts';
import {
  readJsonContainer,
  readJsonPayload,
  writeJsonContainer,
  writeJsonPayload,
} from '../../protocol/json-container.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const pairs: [string, (element: Element) => Element][] = [
  ['xep-0335/json.xml', (element) => writeJsonContainer(readJsonContainer(element))],
  ['xep-0432/payload.xml', (element) => writeJsonPayload(readJsonPayload(element))],
  ['ard/entry.xml', (element) => writeArdEntry(parseJsonObject(element.text()))],
];

test.each(pairs)('%s read and written again is what it was', (path, roundTrip) => {
  const written = roundTrip(fixture(path));
  expect(canonicalXml(written)).toBe(canonicalXml(fixture(path)));
});

describe('JSON in a stanza (XEP-0335, XEP-0432)', () => {
  test('is read from its container, or from the payload itself', () => {
    expect(readJsonPayload(fixture('xep-0432/payload.xml'))).toEqual({
      datatype: 'urn:x:speed',
      value: { speed: 2 },
    });
    expect(readJsonPayload(parseXml("<payload xmlns='urn:xmpp:json-msg:0'>[1]</payload>"))).toEqual({
      datatype: null,
      value: [1],
    });
  });

  test.each(['', '{', 'undefined', "{'a':1}", '[1,]', '['.repeat(1000)])(
    'is refused where it is %j',
    (text) => {
      expect(() => readJsonContainer(xml('json', { xmlns: 'urn:xmpp:json:0' }, text))).toThrow(ParseError);
    },
  );
});

describe('an A2A card', () => {
  const card = readA2aCard(fixture('a2a/card.xml'));
  const json = fixture('a2a/card.xml').text();
  const of = (object: JsonObject) => readA2aCard(writeA2aCard(object));

  test('says what the agent is and where it is called', () => {
    expect(card).toEqual<AgentCard>({
      name: 'Researcher',
      description: 'Reads papers',
      version: '1.0.0',
      url: 'xmpp:researcher@agents.test',
      skills: [
        {
          id: 'summarise',
          name: 'Summarise',
          description: 'Says briefly what a paper says',
          tags: ['papers', 'summary'],
          node: null,
          endpoint: null,
          fields: null,
          examples: ['Summarise RFC 6120'],
        },
      ],
      interfaces: [
        { url: 'xmpp:researcher@agents.test', binding: 'urn:xmpp:a2a:binding:1.0', version: '1.0' },
        { url: 'https://works.example/a2a', binding: 'JSONRPC', version: '1.0' },
      ],
      provider: { name: 'Works', url: 'https://works.example/' },
      documentation: 'https://works.example/researcher',
      icon: 'https://works.example/owl.png',
    });
    expect(xmppAddressOf(card)).toBe('researcher@agents.test');
  });

  test.each([
    ['a payload', "<payload xmlns='urn:xmpp:json-msg:0'><json xmlns='urn:xmpp:json:0'>JSON</json></payload>"],
    ['a container', "<json xmlns='urn:xmpp:json:0'>JSON</json>"],
    ["AI-SNS's element", "<agentcard xmlns='urn:xmpp:a2a:agentcard'>JSON</agentcard>"],
    ["AI-SNS's element under the other node", "<agentcard xmlns='urn:xmpp:a2a:agentcard:0'>JSON</agentcard>"],
    [
      "a container in AI-SNS's element",
      "<agentcard xmlns='urn:xmpp:a2a:agentcard:0'><json xmlns='urn:xmpp:json:0'>JSON</json></agentcard>",
    ],
  ])('is the same in %s', (_what, wrapping) => {
    expect(readA2aCard(parseXml(wrapping.replace('JSON', json)))).toEqual(card);
  });

  test('of AI-SNS keeps the inputs that it states', () => {
    const wrapped = fixture('ai-sns/card.xml');
    expect(readA2aCard(wrapped)).toEqual(readAgentCard(wrapped));
  });

  test('of A2A 0.3 states its interfaces in the old way', () => {
    const old = of({
      name: 'Old',
      url: 'https://old.example/rpc',
      protocolVersion: '0.3.0',
      additionalInterfaces: [{ url: 'xmpp:old@x.test', transport: 'urn:xmpp:a2a:binding:1.0' }, 'x', {}],
    });
    expect(old.interfaces?.map(({ url, binding, version }) => [url, binding, version])).toEqual([
      ['https://old.example/rpc', 'JSONRPC', '0.3.0'],
      ['xmpp:old@x.test', 'urn:xmpp:a2a:binding:1.0', '0.3.0'],
    ]);
  });

  test.each([
    ['xmpp:A.b%2Bc@Agents.test?message', 'a.b+c@agents.test'],
    ['xmpp:agents.test/desk', 'agents.test'],
    ['xmpp:%ff@agents.test', null],
    ['xmpp:foo@', null],
    ['https://agents.test/', null],
  ])('with the interface %s has the address %s', (url, address) => {
    const stated = { url, protocolBinding: 'urn:xmpp:a2a:binding:1.0', protocolVersion: '1.0' };
    expect(xmppAddressOf(of({ supportedInterfaces: [stated] }))).toBe(address);
  });

  test('is bounded, whatever it holds', () => {
    const stated = Array.from({ length: 1000 }, () => ({
      url: 'https://x.test/',
      protocolBinding: 'JSONRPC',
    }));
    expect(of({ supportedInterfaces: stated }).interfaces).toHaveLength(cardInterfacesMax);
    expect(
      of({ supportedInterfaces: {}, skills: 'x', provider: [], iconUrl: 'data:image/svg+xml;base64,AA==' }),
    ).toEqual({
      name: null,
      description: null,
      version: null,
      url: null,
      skills: [],
    });
    expect(() => readA2aCard(parseXml("<json xmlns='urn:xmpp:json:0'>[]</json>"))).toThrow(ParseError);
    expect(() => readA2aCard(parseXml("<agentcard xmlns='urn:x'>{}</agentcard>"))).toThrow(ParseError);
  });
});

describe('a catalogue entry of ARD', () => {
  const of = (entry: JsonObject) => readArdEntry(writeArdEntry(entry));

  test('says what it describes, and gives the card that it carries', () => {
    expect(readArdEntry(fixture('ard/entry.xml'))).toMatchObject({
      identifier: 'urn:air:Works.test:finance:fx',
      publisher: 'works.test',
      name: 'Convert currency',
      description: 'Converts an amount by a dated table.',
      type: 'application/a2a-agent-card+json',
      url: null,
      version: '1.2.0',
      tags: ['currency', 'exchange'],
      capabilities: ['ConvertTool', '7'],
      queries: ['How many yen are ten euros?', 'What is a krone worth?'],
      card: { name: 'FX', url: 'xmpp:fx@works.test' },
    });
  });

  test('needs a name and nothing else', () => {
    expect(of({ name: 'Old spelling' }).name).toBe('Old spelling');
    expect(() => of({ identifier: 'urn:air:x.test:a' })).toThrow(ParseError);
    expect(() => readArdEntry(parseXml("<json xmlns='urn:xmpp:json:0'>[]</json>"))).toThrow(ParseError);
  });

  test('has no identifier, link or card that is none', () => {
    const entry = of({
      displayName: 'X',
      identifier: 'urn:air:x.test',
      url: 'ftp://x.test/',
      tags: { a: 1 },
      data: { name: 'X' },
    });
    expect([entry.identifier, entry.publisher, entry.url, entry.tags, entry.card]).toEqual([
      null,
      null,
      null,
      [],
      null,
    ]);
  });
});

describe('an invoice (urn:xmpp:payment:0)', () => {
  const stanza = fixture('payment/error.xml');
  const invoice = readInvoice(stanza);

  test('names the ways to pay that have a safe link', () => {
    expect(invoice).toEqual({
      session: 'c4a1f902',
      purpose: 'One question',
      description: 'Paid for each question.',
      expires: new Date('2026-11-20T14:00:00Z'),
      options: [
        {
          label: 'Bank transfer',
          proof: 'reference',
          link: 'payto://iban/DE02200400300200270112?amount=EUR:0.50',
        },
      ],
    });
  });

  test('written and read again is what it was, and is none in another error', () => {
    expect(invoice && readInvoice(xml('iq', {}, xml('error', {}, writeInvoice(invoice))))).toEqual(invoice);
    expect(readInvoice(fixture('rfc-6120/error.xml'))).toBeNull();
    expect(() =>
      readInvoice(parseXml("<iq><error><invoice xmlns='urn:xmpp:payment:0'/></error></iq>")),
    ).toThrow(ParseError);
  });
});
