import { describe, expect, test } from 'vitest';
import { agentsLimits, agentsQuery, readAgents, writeAgents } from '../../protocol/agents.ts';
import { readCommandNotice, writeCommandNotice } from '../../protocol/command-notice.ts';
import { parseJid } from '../../protocol/jid.ts';
import { isSelf, joinPresence, leavePresence, readOccupant } from '../../protocol/muc.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import {
  readSearch,
  readSearchOffer,
  readSearchResults,
  searchLimits,
  searchQuery,
  writeSearch,
  writeSearchOffer,
  writeSearchResults,
} from '../../protocol/user-search.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const pairs: [string, (element: Element) => Element][] = [
  ['xep-0055/fields.xml', (element) => writeSearchOffer(readSearchOffer(element))],
  ['xep-0055/form.xml', (element) => writeSearchOffer(readSearchOffer(element))],
  ['xep-0055/results.xml', (element) => writeSearchResults(readSearchResults(element), false)],
  ['xep-0055/table.xml', (element) => writeSearchResults(readSearchResults(element), true)],
  ['xep-0094/agents.xml', (element) => writeAgents(readAgents(element))],
  [
    'xep-0050/notice.xml',
    (element) => writeCommandNotice('guildhall.test', readCommandNotice(element)?.items ?? []),
  ],
];

test.each(pairs)('%s read and written again is what it was', (path, roundTrip) => {
  const written = roundTrip(fixture(path));
  expect(canonicalXml(written)).toBe(canonicalXml(fixture(path)));
});

describe('a user directory (XEP-0055)', () => {
  const wanted = new Map([
    ['first', 'Lin'],
    ['x-trade', 'translation'],
    ['email', 'lin@works.test'],
  ]);

  test('is asked how it can be searched', () => {
    expect(canonicalXml(searchQuery())).toBe('<query xmlns="jabber:iq:search"></query>');
    const offer = readSearchOffer(fixture('xep-0055/fields.xml'));
    expect([offer.fields, offer.form]).toEqual([['first', 'last', 'nick'], null]);
  });

  test('is searched by the old fields that it offers', () => {
    const submitted = writeSearch(readSearchOffer(fixture('xep-0055/fields.xml')), wanted);
    expect(canonicalXml(submitted)).toBe('<query xmlns="jabber:iq:search"><first>Lin</first></query>');
    expect(readSearch(submitted)).toEqual({ values: new Map([['first', 'Lin']]), asForm: false });
  });

  test('is searched by its form where it has one', () => {
    const submitted = writeSearch(readSearchOffer(fixture('xep-0055/form.xml')), wanted);
    expect(submitted.getChildElements()[0]?.attrs.type).toBe('submit');
    expect(readSearch(submitted)).toEqual({
      values: new Map([
        ['first', 'Lin'],
        ['x-trade', 'translation'],
      ]),
      asForm: true,
    });
  });

  test('finds people of either kind, those without an address left out', () => {
    expect(readSearchResults(fixture('xep-0055/people.xml'))).toEqual([
      { jid: 'lin@works.test', name: 'Lin Daiyu' },
      { jid: 'bao@works.test', name: 'Bao' },
    ]);
    expect(readSearchResults(fixture('xep-0055/table.xml'))).toEqual([
      { jid: 'fx@works.test', name: 'Currency desk' },
    ]);
    expect(readSearchResults(searchQuery())).toEqual([]);
  });

  test('may call the column of addresses otherwise', () => {
    const table = parseXml(`<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='result'>
      <reported><field var='address' type='jid-single'/><field var='fn'/></reported>
      <item><field var='address'><value>fx@works.test</value></field><field var='fn'><value>FX</value></field></item>
      <item><field var='fn'><value>Nobody</value></field></item></x></query>`);
    expect(readSearchResults(table)).toEqual([{ jid: 'fx@works.test', name: 'FX' }]);
  });

  test('that finds more than the limit is refused', () => {
    const items = Array.from({ length: searchLimits.resultsMax + 1 }, (_, at) =>
      xml('item', { jid: `a${at}@x.test` }),
    );
    expect(() => readSearchResults(xml('query', { xmlns: 'jabber:iq:search' }, items))).toThrow(ParseError);
  });
});

describe('agent information (XEP-0094)', () => {
  test('is asked for and read', () => {
    expect(canonicalXml(agentsQuery())).toBe('<query xmlns="jabber:iq:agents"></query>');
    expect(readAgents(fixture('xep-0094/agents.xml'))[0]).toEqual({
      jid: 'users.works.test',
      name: 'Directory',
      description: null,
      service: 'jud',
      flags: ['register', 'search'],
    });
  });

  test('leaves out an agent without an address, and is refused above its limit', () => {
    const agents = (jids: string[]) =>
      readAgents(
        xml(
          'query',
          { xmlns: 'jabber:iq:agents' },
          jids.map((jid) => xml('agent', { jid })),
        ),
      );
    expect(agents(['foo@', '', 'x.test']).map(({ jid }) => jid)).toEqual(['x.test']);
    expect(() => agents(Array.from({ length: agentsLimits.agentsMax + 1 }, () => 'x.test'))).toThrow(
      ParseError,
    );
  });
});

describe('a room (XEP-0045)', () => {
  const room = parseJid('desk@rooms.works.test');
  const occupant = (attrs: string, item: string) =>
    readOccupant(
      parseXml(`<presence ${attrs}><x xmlns='http://jabber.org/protocol/muc#user'>${item}</x></presence>`),
    );
  const from = "from='desk@rooms.works.test/FX'";

  test('is entered without its history, and left', () => {
    expect(canonicalXml(joinPresence(room, 'Guildhall'))).toBe(canonicalXml(fixture('xep-0045/join.xml')));
    expect(joinPresence(room, 'G', 'secret').getChildElements()[0]?.getChildText('password')).toBe('secret');
    expect(canonicalXml(leavePresence(room, 'Guildhall'))).toBe(
      '<presence to="desk@rooms.works.test/Guildhall" type="unavailable"></presence>',
    );
  });

  test('shows its occupants with their real addresses', () => {
    const found = readOccupant(fixture('xep-0045/occupant.xml'));
    expect(found).toEqual({
      room: 'desk@rooms.works.test',
      nick: 'FX',
      jid: 'fx@works.test/Desk',
      affiliation: 'member',
      role: 'participant',
      codes: [100, 110],
      present: true,
    });
    expect(found && isSelf(found)).toBe(true);
  });

  test('may hide the addresses, and says who left', () => {
    expect(occupant(from, "<item affiliation='king' role='participant'/>")).toMatchObject({
      jid: null,
      affiliation: 'none',
    });
    expect(occupant(from, "<item jid='foo@'/>")?.jid).toBeNull();
    expect(occupant(`${from} type='unavailable'`, "<item role='none'/><status code='303'/>")).toMatchObject({
      present: false,
      codes: [303],
    });
  });

  test.each([
    ['without a nickname', "from='desk@rooms.works.test'", '<item/>'],
    ['of an error', `${from} type='error'`, '<item/>'],
    ['without an item', from, ''],
    ['from nobody', '', '<item/>'],
  ])('has no occupant in a presence %s', (_what, attrs, item) => {
    expect(occupant(attrs, item)).toBeNull();
  });

  test('has no occupant in anything but a presence of its own kind', () => {
    expect(readOccupant(fixture('rfc-6121/presence.xml'))).toBeNull();
    expect(readOccupant(fixture('xep-0045/join.xml'))).toBeNull();
  });
});

describe('a command list that was not asked for (XEP-0050)', () => {
  const notice = (name: string, attrs: string, node: string) =>
    readCommandNotice(
      parseXml(`<${name} ${attrs}><query xmlns='http://jabber.org/protocol/disco#items'${node}/></${name}>`),
    );

  test('is read from a message, with its node or without', () => {
    expect(readCommandNotice(fixture('xep-0050/notice.xml'))?.items.map(({ node }) => node)).toEqual([
      'urn:x:convert',
    ]);
    expect(notice('message', '', '')).toEqual({ node: null, items: [], rsm: null });
  });

  test('is none in another stanza, in an error, or of another node', () => {
    expect(notice('iq', '', '')).toBeNull();
    expect(notice('message', "type='error'", '')).toBeNull();
    expect(notice('message', '', " node='urn:x:other'")).toBeNull();
    expect(readCommandNotice(parseXml('<message><body>hello</body></message>'))).toBeNull();
  });
});
