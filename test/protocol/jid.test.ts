import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiDomain, bareJid, formatJid, isSpecialUseDomain, parseJid, tryJid } from '../../protocol/jid.ts';
import { ParseError } from '../../protocol/parse-error.ts';

const valid: [string, string][] = [
  ['Fx@Works.Test/Desk', 'fx@works.test/Desk'],
  ['works.test', 'works.test'],
  ['works.test.', 'works.test'],
  ['works.test/a/b@c', 'works.test/a/b@c'],
  ['ＦＸ@works.test', 'fx@works.test'],
  ['juliet@xn--bcher-kva.example', 'juliet@bücher.example'],
  ['JULIET@BÜCHER.example', 'juliet@bücher.example'],
  ['a.b+c=d@x.test', 'a.b+c=d@x.test'],
  ['192.0.2.1', '192.0.2.1'],
  ['a@[2001:db8::1]/r', 'a@[2001:db8::1]/r'],
  ['henryⅣ@x.test', 'henryiv@x.test'],
  ['a@x.test/foo\u00a0bar', 'a@x.test/foo bar'],
];

const invalid = [
  '',
  'foo@',
  '@',
  '/x',
  '@x.test',
  'a@x.test/',
  'a b@x.test',
  'a"b@x.test',
  "a'b@x.test",
  'a&b@x.test',
  'a<b@x.test',
  'a@b@x.test',
  'a@x..test',
  'a@-x.test',
  'a@x_y.test',
  'a@1.2.3',
  'a@x.test/\u0000',
  'a\u0000@x.test',
  'a@x%41.test',
  `${'a'.repeat(1024)}@x.test`,
  `a@${'b'.repeat(300)}.test`,
  `a@x.test/${'é'.repeat(600)}`,
];

describe('an address', () => {
  test.each(valid)('%s is prepared to %s', (text, prepared) => {
    expect(formatJid(parseJid(text))).toBe(prepared);
  });

  test.each(invalid)('%j is refused', (text) => {
    expect(() => parseJid(text)).toThrow(ParseError);
    expect(tryJid(text)).toBeNull();
  });

  test('prepared once is prepared for good', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (local, resource) => {
        const jid = tryJid(`${local}@x.test/${resource}`);
        if (jid) expect(parseJid(formatJid(jid))).toEqual(jid);
      }),
    );
  });

  test('without its resource is bare', () => {
    expect(bareJid(parseJid('a@x.test/r'))).toBe('a@x.test');
    expect(bareJid(parseJid('x.test/r'))).toBe('x.test');
  });

  test('has an ASCII domain', () => {
    expect(asciiDomain('bücher.example')).toBe('xn--bcher-kva.example');
  });

  test.each([
    ['works.test', true],
    ['localhost', true],
    ['192.0.2.1', true],
    ['[::1]', true],
    ['printer.local', true],
    ['jabber.org', false],
    ['conference.jabber.ru', false],
  ])('at %s is of special use: %s', (domain, special) => {
    expect(isSpecialUseDomain(domain)).toBe(special);
  });
});
