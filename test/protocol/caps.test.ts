import { describe, expect, test } from 'vitest';
import {
  capsVer,
  capsVerify,
  capsVerOfElement,
  hashedPart,
  isSafeForCaps,
  readCaps,
} from '../../protocol/caps.ts';
import {
  caps2HashOfElement,
  caps2InputOfElement,
  caps2Node,
  caps2Verify,
  readCaps2,
  verifiableHash,
  writeCaps2,
} from '../../protocol/caps2.ts';
import { readInfo, writeInfo } from '../../protocol/disco.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { hashInputCharsMax } from '../../protocol/raw-info.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const identity = "<identity category='client' type='bot' name='Fx'/>";
const feature = "<feature var='urn:x:a'/>";
const softwareInfo = form("<field var='os'><value>Mac</value></field>");

describe('the verification string of XEP-0115', () => {
  test.each([
    ['simple', 'QgayPKawpkPSDYmwT/WM94uAlu0='],
    ['complex', 'q07IKJEyjvHSyhy//CH0CxmKi8w='],
  ])('of the %s example is the one it gives, of the raw element as of the values', (name, ver) => {
    const element = fixture(`xep-0115/${name}.xml`);
    expect(capsVerOfElement(element)).toBe(ver);
    expect(capsVer(readInfo(element))).toBe(ver);
    expect(isSafeForCaps(element)).toBe(true);
    expect(capsVerify({ hash: 'sha-1', node: 'n', ver }, element)).toBe(true);
    expect(capsVerify({ hash: 'sha-1', node: 'n', ver: `${ver}x` }, element)).toBe(false);
    expect(capsVerify({ hash: 'sha-256', node: 'n', ver }, element)).toBe(false);
  });

  test('is of the names as they came, where the values are cleaned', () => {
    const element = info("<identity category='client' type='bot' name='  Fx  '/>", feature);
    expect(readInfo(element).identities[0]?.name).toBe('Fx');
    expect(capsVerOfElement(element)).not.toBe(capsVer(readInfo(element)));
  });

  test('can be made with other algorithms, and with none that is not known', () => {
    const element = info(identity, feature);
    expect(capsVerOfElement(element, 'sha-256')).toHaveLength(44);
    expect(capsVerOfElement(element, 'md5')).toBeNull();
    expect(capsVerOfElement(element, '__proto__')).toBeNull();
  });

  test('of what is written is that of what was written, also where one feature begins with another', () => {
    const names = ['urn:x', 'urn:x#y', 'urn:x#', 'urn:x:y', 'urn:x/y', 'urn:x<y', 'urn:x!'];
    const named = (type: string, name: string) => ({ category: 'client', type, name, lang: null });
    const identities = [named('bot', 'A'), named('bot!', 'A'), named('bot', 'A/B')];
    const written = { node: null, identities, features: names, forms: [] };
    expect(capsVer(written)).toBe(capsVerOfElement(writeInfo(written)));
  });

  test('sorts languages as such, where the text of two identities would sort otherwise', () => {
    const names = ['en', 'en-GB'].map(
      (lang) => `<identity category='a' type='b' xml:lang='${lang}' name='N'/>`,
    );
    const [there, back] = [info(...names), info(...names.reverse())];
    expect(capsVerOfElement(there)).toBe(capsVerOfElement(back));
    expect(isSafeForCaps(there)).toBe(true);
  });

  test.each([
    ['the same identity twice', info(identity, identity)],
    ['the same feature twice', info(feature, feature)],
    ['two forms of one FORM_TYPE', info(softwareInfo, softwareInfo)],
    ['a form of two FORM_TYPEs', info(form('', '<value>urn:x:other</value>'))],
    ['a feature without a name', info('<feature/>')],
    ['a field without a name', info(form('<field><value>x</value></field>'))],
  ])('is none where the answer has %s', (_what, element) => {
    expect(capsVerOfElement(element)).toBeNull();
    expect(isSafeForCaps(element)).toBe(false);
    expect(caps2HashOfElement(info(form('<field/>')))).toBeNull();
  });

  test('leaves out a form without a hidden FORM_TYPE, which is not cached then', () => {
    const open = info(identity, feature, "<x xmlns='jabber:x:data' type='result'><field var='a'/></x>");
    expect(capsVerOfElement(open)).toBe(capsVerOfElement(info(identity, feature)));
    expect(isSafeForCaps(open)).toBe(false);
  });
});

describe('an answer that has the verification string of another', () => {
  const honest = info(
    identity,
    "<feature var='http://x.test/a/b'/>",
    "<feature var='urn:x:a'/>",
    "<feature var='urn:x:b'/>",
    "<feature var='urn:x:c'/>",
  );
  const forged: [string, Element][] = [
    [
      "'<' in a name",
      info(
        "<identity category='client' type='bot' name='Fx&lt;http://x.test/a/b&lt;urn:x:a'/>",
        "<feature var='urn:x:b'/>",
        "<feature var='urn:x:c'/>",
      ),
    ],
    [
      "'<' in a feature",
      info(identity, "<feature var='http://x.test/a/b&lt;urn:x:a&lt;urn:x:b'/>", "<feature var='urn:x:c'/>"),
    ],
    [
      'an identity that was a feature',
      info(
        identity,
        "<identity category='http:' type='' xml:lang='x.test' name='a/b'/>",
        "<feature var='urn:x:a'/>",
        "<feature var='urn:x:b'/>",
        "<feature var='urn:x:c'/>",
      ),
    ],
    [
      "a '/' that moved from one part to another",
      info("<identity category='client/bot' type='' xml:lang='Fx' name=''/>"),
    ],
    [
      'features that became a form',
      info(
        identity,
        "<feature var='http://x.test/a/b'/>",
        "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:x:a</value></field><field var='urn:x:b'><value>urn:x:c</value></field></x>",
      ),
    ],
    [
      'a feature that became a form without fields',
      info(
        identity,
        "<feature var='http://x.test/a/b'/>",
        "<feature var='urn:x:a'/>",
        "<feature var='urn:x:b'/>",
        "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:x:c</value></field></x>",
      ),
    ],
  ];

  test.each(forged.filter(([what]) => !what.startsWith("a '/'")))(
    'by %s has it and is not cached',
    (_what, element) => {
      const ver = capsVerOfElement(honest);
      expect(isSafeForCaps(honest)).toBe(true);
      expect(capsVerOfElement(element)).toBe(ver);
      expect(isSafeForCaps(element)).toBe(false);
      expect(capsVerify({ hash: 'sha-1', node: 'n', ver: ver ?? '' }, element)).toBe(false);
    },
  );

  test('by an identity written as a feature has it and is not cached', () => {
    const element = info("<feature var='client/bot//Fx'/>");
    expect(capsVerOfElement(element)).toBe(capsVerOfElement(info(identity)));
    expect(isSafeForCaps(element)).toBe(false);
  });

  test('never has the hash of XEP-0390', () => {
    const own = caps2HashOfElement(honest);
    expect(own).not.toBeNull();
    for (const [, element] of forged) expect(caps2HashOfElement(element)).not.toEqual(own);
  });

  test("is refused where a '/' moved from one part to another", () => {
    for (const [what, element] of forged)
      if (what.startsWith("a '/'")) expect(isSafeForCaps(element)).toBe(false);
  });
});

describe('the hash of XEP-0390', () => {
  test.each([
    [
      'simple',
      'kzBZbkqJ3ADrj7v08reD1qcWUwNGHaidNUgD7nHpiw8=',
      '79mdYAfU9rEdTOcWDO7UEAt6E56SUzk/g6TnqUeuD9Q=',
    ],
    [
      'complex',
      'u79ZroNJbdSWhdSp311mddz44oHHPsEBntQ5b1jqBSY=',
      'XpUJzLAc93258sMECZ3FJpebkzuyNXDzRNwQog8eycg=',
    ],
  ])('of the %s example is the one it gives', (name, sha256, sha3) => {
    const element = fixture(`xep-0390/${name}.xml`);
    expect(caps2HashOfElement(element)).toEqual({ algo: 'sha-256', value: sha256 });
    expect(caps2HashOfElement(element, 'sha3-256')).toEqual({ algo: 'sha3-256', value: sha3 });
    expect(caps2Verify({ algo: 'sha-256', value: sha256 }, element)).toBe(true);
    expect(caps2Verify({ algo: 'sha-256', value: sha3 }, element)).toBe(false);
    expect(caps2Verify({ algo: 'sha-1', value: sha256 }, element)).toBe(false);
  });

  test('is of input in which every part ends in its own separator', () => {
    expect(caps2InputOfElement(info(identity, feature, softwareInfo))).toBe(
      'urn:x:a\u001f\u001c' +
        'client\u001fbot\u001f\u001fFx\u001f\u001e\u001c' +
        'FORM_TYPE\u001furn:x:t\u001f\u001eos\u001fMac\u001f\u001e\u001d\u001c',
    );
  });

  test('takes the language that an element above states', () => {
    const iq = parseXml(
      `<iq xml:lang='el'><query xmlns='http://jabber.org/protocol/disco#info'>${identity}</query></iq>`,
    );
    const explicit = info("<identity category='client' type='bot' name='Fx' xml:lang='el'/>");
    expect(caps2InputOfElement(iq.getChildElements()[0] as Element)).toBe(caps2InputOfElement(explicit));
    expect(caps2InputOfElement(explicit)).not.toBe(caps2InputOfElement(info(identity)));
  });

  test.each([
    ['an element of another kind', info(identity, "<other xmlns='urn:x'/>")],
    ['a form without a FORM_TYPE', info("<x xmlns='jabber:x:data' type='result'><field var='a'/></x>")],
    [
      'a FORM_TYPE that is not hidden',
      info("<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>a</value></field></x>"),
    ],
    ['a table', info(form('<reported/>'))],
    [
      'a separator in a name',
      xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }, xml('feature', { var: 'a\u001fb' })),
    ],
  ])('is none of an answer with %s', (_what, element) => {
    expect(caps2HashOfElement(element)).toBeNull();
  });
});

describe('the hash set in a presence', () => {
  test('is read and written', () => {
    const presence = fixture('xep-0390/presence.xml');
    const caps = readCaps2(presence);
    expect(caps?.hashes.map(({ algo }) => algo)).toEqual(['sha-256', 'sha3-256']);
    expect(canonicalXml(writeCaps2(caps ?? { hashes: [] }))).toBe(
      canonicalXml(presence.getChildElements()[0] as Element),
    );
    expect(readCaps(presence)).toBeNull();
    expect(readCaps2(fixture('rfc-6121/presence.xml'))).toBeNull();
  });

  test('leaves out what is no hash, and says by which hash to ask', () => {
    const hash = (algo: string, value: string) =>
      `<hash xmlns='urn:xmpp:hashes:2' algo='${algo}'>${value}</hash>`;
    const value = 'kzBZbkqJ3ADrj7v08reD1qcWUwNGHaidNUgD7nHpiw8=';
    const of = (...hashes: string[]) =>
      readCaps2(parseXml(`<presence><c xmlns='urn:xmpp:caps'>${hashes.join('')}</c></presence>`));
    expect(of(hash('sha-256', 'not base64'))).toBeNull();
    expect(of()).toBeNull();
    const caps = of(hash('md5', value), hash('sha3-256', value), hash('sha-256', value));
    expect(verifiableHash(caps ?? { hashes: [] })).toEqual({ algo: 'sha-256', value });
    expect(verifiableHash({ hashes: [{ algo: 'md5', value }] })).toBeNull();
    expect(caps2Node({ algo: 'sha-256', value })).toBe(`urn:xmpp:caps#sha-256.${value}`);
  });
});

test('what is cached is what the hash covers', () => {
  const element = info(
    identity,
    feature,
    form(
      "<title>Free money</title><field var='os' type='list-single' label='Not covered'><value>Mac</value><option label='a'><value>b</value></option></field>",
    ),
  );
  const plain = info(identity, feature, softwareInfo);
  expect(capsVerOfElement(element)).toBe(capsVerOfElement(plain));
  expect(hashedPart(readInfo(element))).toEqual(hashedPart(readInfo(plain)));
});

test('more text than the limit is not hashed', () => {
  const long = 'x'.repeat(hashInputCharsMax);
  expect(() => capsVerOfElement(info(form(`<field var='a'><value>${long}</value></field>`)))).toThrow(
    ParseError,
  );
  expect(() => caps2HashOfElement(xml('iq'))).toThrow(ParseError);
});

function info(...children: string[]): Element {
  return parseXml(`<query xmlns='http://jabber.org/protocol/disco#info'>${children.join('')}</query>`);
}

function form(content: string, moreTypes = ''): string {
  const type = `<field var='FORM_TYPE' type='hidden'><value>urn:x:t</value>${moreTypes}</field>`;
  return `<x xmlns='jabber:x:data' type='result'>${type}${content}</x>`;
}
