import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseCanonicalJson } from '../../protocol/canonical-json.ts';
import type { Json } from '../../protocol/json.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { canonical } from '../../scripts/specialists/gateway/manifest.ts';

describe('canonical JSON (RFC 8785)', () => {
  test('is as in the example of section 3.2', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as Json;
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('sorts names by UTF-16 code units, which is not by code points', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = Object.keys(
      JSON.parse(canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))) as object,
    );
    // JSON.parse moves the whole-number name to the front, where it is second in the text.
    expect(sorted).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33']);
  });

  test.each([
    ['-0', '0'],
    ['1e21', '1e+21'],
    ['"\\u007f\\u2028"', '"\u007f\u2028"'],
    ['{"__proto__":1,"a":{}}', '{"__proto__":1,"a":{}}'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(expected);
  });

  test('of any value parses to that value and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(parseCanonicalJson(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        // The sample specialist has one of its own.
        expect(canonical(value as Json)).toBe(text);
      }),
    );
  });

  test.each([
    ['white space', '{"a": 1}'],
    ['another order', '{"b":1,"a":1}'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice with the same value', '{"a":1,"a":1}'],
    ['another way to write a number', '[1.0]'],
    ['a needless escape', '["\\u0041"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a number too large', '[1e999]'],
    ['no JSON', '{'],
  ])('is not a text with %s', (_what, text) => {
    expect(() => parseCanonicalJson(text)).toThrow(ParseError);
  });
});
