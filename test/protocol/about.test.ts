import { describe, expect, test } from 'vitest';
import { avatarLimits, avatarLink, readAvatar, writeAvatar } from '../../protocol/avatar.ts';
import { contactsPerRoleMax, readContacts, writeContacts } from '../../protocol/contacts.ts';
import { field, form, readForm, writeForm } from '../../protocol/data-form.ts';
import { pointOf, readGeoloc, writeGeoloc } from '../../protocol/geoloc.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { readVcard4, vcard4Limits } from '../../protocol/vcard4.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const pairs: [string, (element: Element) => Element][] = [
  ['xep-0080/geoloc.xml', (element) => writeGeoloc(readGeoloc(element))],
  ['xep-0084/metadata.xml', (element) => writeAvatar(readAvatar(element))],
  ['xep-0157/form.xml', (element) => writeForm(writeContacts(readContacts(readForm(element))))],
];

test.each(pairs)('%s read and written again is what it was', (path, roundTrip) => {
  const written = roundTrip(fixture(path));
  expect(canonicalXml(written)).toBe(canonicalXml(fixture(path)));
});

describe('a location (XEP-0080)', () => {
  const geoloc = (content: string) =>
    readGeoloc(parseXml(`<geoloc xmlns='http://jabber.org/protocol/geoloc'>${content}</geoloc>`));

  test('has its degrees as numbers', () => {
    const { lat, lon, timestamp, countryCode } = readGeoloc(fixture('xep-0080/geoloc.xml'));
    expect({ lat, lon, timestamp, countryCode }).toEqual({
      lat: 59.913868,
      lon: -1e-7,
      timestamp: new Date('2026-11-19T21:12:00Z'),
      countryCode: 'NO',
    });
  });

  test.each(['91', '-90.5', 'NaN', 'Infinity', '1e1', '0x10', '', ' ', '٣', '1,5', '1'.repeat(400)])(
    'takes no latitude of %j',
    (text) => {
      expect(geoloc(`<lat>${text}</lat>`).lat).toBeNull();
    },
  );

  test.each([
    ['+12.5', 12.5],
    ['.5', 0.5],
    ['-90', -90],
    [' 7 ', 7],
    ['0', 0],
  ])('takes a latitude of %j', (text, lat) => {
    expect(geoloc(`<lat>${text}</lat>`).lat).toBe(lat);
  });

  test('is a point where both degrees are there, in the datum of all maps', () => {
    const both = '<lat>1</lat><lon>2</lon>';
    expect(pointOf(geoloc(both))).toEqual({ lat: 1, lon: 2 });
    expect(pointOf(geoloc(`${both}<datum>WGS 84</datum>`))).toEqual({ lat: 1, lon: 2 });
    expect(pointOf(geoloc(`${both}<datum>OSGB36</datum>`))).toBeNull();
    expect(pointOf(geoloc('<lat>1</lat>'))).toBeNull();
  });

  test('that is empty takes the location back', () => {
    expect(Object.values(geoloc('')).every((value) => value === null)).toBe(true);
    expect(canonicalXml(writeGeoloc(geoloc('')))).toBe(
      '<geoloc xmlns="http://jabber.org/protocol/geoloc"></geoloc>',
    );
  });

  test('has no unsafe link and no impossible time', () => {
    const { uri, timestamp, tzo, countryCode } = geoloc(
      '<uri>javascript:x</uri><timestamp>2026-13-01T00:00:00Z</timestamp><tzo>CET</tzo><countrycode>NOR</countrycode>',
    );
    expect([uri, timestamp, tzo, countryCode]).toEqual([null, null, null, null]);
  });
});

describe('an avatar (XEP-0084)', () => {
  const id = '111f4b3c50d7b0df729d299bc6f8e9ef9066971f';
  const avatar = (...infos: { [name: string]: string }[]) =>
    readAvatar(
      xml(
        'metadata',
        { xmlns: 'urn:xmpp:avatar:metadata' },
        infos.map((info) => xml('info', info)),
      ),
    );

  test('lists the forms in which it can be had', () => {
    expect(readAvatar(fixture('xep-0084/metadata.xml'))[1]).toEqual({
      id: 'e279f80c38f99c1e7e53e262b440993b2f7eea57',
      bytes: 2345,
      type: 'image/webp',
      widthPixels: null,
      heightPixels: null,
      url: 'https://fx.example/face.webp',
    });
    expect(avatar()).toEqual([]);
  });

  test.each([
    [{ id, bytes: '0', type: 'image/png' }],
    [{ id, bytes: '-1', type: 'image/png' }],
    [{ id, bytes: String(avatarLimits.bytesMax + 1), type: 'image/png' }],
    [{ id, bytes: '1', type: 'text/html' }],
    [{ id: `${id}0`, bytes: '1', type: 'image/png' }],
    [{ bytes: '1', type: 'image/png' }],
  ])('leaves out the form %j', (info) => {
    expect(avatar(info as { [name: string]: string })).toEqual([]);
  });

  test('is shown only as a bitmap over https', () => {
    const at = (type: string, url: string) => avatar({ id, bytes: '1', type, url });
    expect(avatarLink(readAvatar(fixture('xep-0084/metadata.xml')))).toBe('https://fx.example/face.webp');
    expect(avatarLink(at('image/svg+xml', 'https://x.test/a.svg'))).toBeNull();
    expect(avatarLink(at('image/png', 'http://x.test/a.png'))).toBeNull();
    expect(avatarLink([])).toBeNull();
  });

  test('of more forms than the limit is refused', () => {
    const infos = Array.from({ length: avatarLimits.infosMax + 1 }, () => ({
      id,
      bytes: '1',
      type: 'image/png',
    }));
    expect(() => avatar(...infos)).toThrow(ParseError);
  });
});

describe('a vCard (XEP-0292)', () => {
  test('says what describes a service, and no more', () => {
    expect(readVcard4(fixture('xep-0292/vcard.xml'))).toEqual({
      fn: 'Currency desk',
      nicknames: ['fx', 'desk'],
      note: 'Converts amounts.\n      Ask in any language.',
      urls: ['https://fx.example/'],
      org: 'Works',
      langs: ['pt-br'],
    });
  });

  test('that is empty or long is read within its limits', () => {
    const empty = xml('vcard', { xmlns: 'urn:ietf:params:xml:ns:vcard-4.0' });
    expect(readVcard4(empty)).toEqual({
      fn: null,
      nicknames: [],
      note: null,
      urls: [],
      org: null,
      langs: [],
    });
    for (let at = 0; at < 1000; at++) empty.append(xml('nickname', {}, xml('text', {}, `n${at}`)));
    expect(readVcard4(empty).nicknames).toHaveLength(vcard4Limits.valuesMax);
  });
});

describe('contact addresses (XEP-0157)', () => {
  test('are links by role', () => {
    expect(readContacts(readForm(fixture('xep-0157/form.xml')))).toEqual({
      abuse: ['mailto:abuse@works.test', 'xmpp:abuse@works.test'],
      admin: ['xmpp:admin@works.test?message'],
      status: ['https://status.works.test/'],
    });
  });

  test('are safe ones only, each once, at most so many', () => {
    const contacts = (...values: string[]) =>
      readContacts(
        form('result', [
          field('FORM_TYPE', 'http://jabber.org/network/serverinfo', 'hidden'),
          field('admin-addresses', values),
        ]),
      );
    expect(
      contacts('http://x.test/', 'javascript:x', 'me@x.test', 'mailto:a@x.test', 'mailto:a@x.test'),
    ).toEqual({
      admin: ['mailto:a@x.test'],
    });
    expect(contacts('tel:1')).toEqual({});
    const many = Array.from({ length: 100 }, (_, at) => `mailto:a${at}@x.test`);
    expect(contacts(...many).admin).toHaveLength(contactsPerRoleMax);
    expect(() => readContacts(form('result', []))).toThrow(ParseError);
  });
});
