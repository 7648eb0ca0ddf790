import { describe, expect, test } from 'vitest';
import { readTime, writeTime } from '../../protocol/entity-time.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { readVcardTemp, writeVcardTemp } from '../../protocol/vcard-temp.ts';
import { readVcard4, writeVcard4 } from '../../protocol/vcard4.ts';
import { readVersion, writeVersion } from '../../protocol/version.ts';
import { type Element, isAlike } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const pairs: [string, (element: Element) => Element][] = [
  ['xep-0054/vcard.xml', (element) => writeVcardTemp(readVcardTemp(element))],
  ['xep-0092/version.xml', (element) => writeVersion(readVersion(element))],
  ['xep-0202/time.xml', (element) => writeTime(readTime(element))],
];

test.each(pairs)('%s read and written again is what it was', (path, roundTrip) => {
  expect(canonicalXml(roundTrip(fixture(path)))).toBe(canonicalXml(fixture(path)));
});

describe('a vCard (XEP-0292)', () => {
  test('of a service is read as it was written', () => {
    const of = {
      fn: 'Guildhall',
      nicknames: ['Hall'],
      note: 'A directory.',
      urls: ['https://guildhall.example/'],
      org: null,
      langs: ['en'],
    };
    const written = writeVcard4({ ...of, emails: ['a@b.example'], impps: ['xmpp:guildhall@agents.test'] });
    expect(readVcard4(parseXml(written.toString()))).toEqual(of);
    expect(written.getChild('kind')?.getChildText('text')).toBe('application');
    expect(written.getChild('email')?.getChildText('text')).toBe('a@b.example');
    expect(written.getChild('impp')?.getChildText('uri')).toBe('xmpp:guildhall@agents.test');
  });
});

describe('a vCard of the old kind (XEP-0054)', () => {
  test('has its picture without the breaks of its lines', () => {
    expect(readVcardTemp(fixture('xep-0054/vcard.xml')).photo).toEqual({
      type: 'image/png',
      base64: 'AAECAwQ=',
    });
    const broken = parseXml(
      `<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>AAEC\n AwQ=\n</BINVAL></PHOTO></vCard>`,
    );
    expect(readVcardTemp(broken).photo?.base64).toBe('AAECAwQ=');
  });
});

test.each(['', 'soon', '2026-13-40T00:00:00Z'])('a time of %j is none (XEP-0202)', (utc) => {
  const time = parseXml(`<time xmlns='urn:xmpp:time'><utc>${utc}</utc></time>`);
  expect(() => readTime(time)).toThrow(ParseError);
});

test.each([
  ["<a b='1' c='2'><d/>x</a>", "<a c='2' b='1'><d/>x</a>", true],
  ['<a><b>x</b></a>', '<a><b>x</b></a>', true],
  ['<a><b/></a>', '<a><b/><b/></a>', false],
  ['<a><b>x</b></a>', '<a><b>y</b></a>', false],
  ["<a b='1'/>", "<a b='2'/>", false],
  ["<a b='1'/>", '<a/>', false],
  ['<a/>', '<b/>', false],
])('%s and %s are alike: %j', (one, other, alike) => {
  expect(isAlike(parseXml(one), parseXml(other))).toBe(alike);
});
