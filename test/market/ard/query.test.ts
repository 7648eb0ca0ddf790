import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardTypes, entryTypes, LISTING_TYPE } from '../../../market/ard/media-types.ts';
import { parseCatalogQuery } from '../../../market/ard/query.ts';
import { wordsOf } from '../../../market/ard/words.ts';
import { isProblem } from '../../../market/problem.ts';
import { formatQuery } from '../../../market/query/format.ts';
import type { Json } from '../../../protocol/json.ts';

function words(text: string): string[] {
  const read = wordsOf(text);
  return Array.isArray(read) ? read.map((term) => term.text) : [read.refused];
}

describe('the text of a need', () => {
  test.each([
    ['find me a flight booking agent', ['flight', 'booking']],
    ['currency conversion', ['currency', 'conversion']],
    ['Please help me convert euros into yen?', ['convert', 'euros', 'into', 'yen']],
    ['an agent', ['an', 'agent']],
    ['', []],
    ['?! …', []],
    ['C++ and C#', ['C++', 'C#']],
    ['tag:finance -crypto "working days"', ['tag:finance', 'crypto', 'working', 'days']],
    ['Geld in Yen wechseln', ['Geld', 'Yen', 'wechseln']],
    ['通貨を換算する', ['通貨を換算する']],
    ['a b a B', ['b', 'B']],
    ["what's the weather", ["what's", 'weather']],
  ])('%j asks for %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('has no qualifier, phrase or exclusion, whatever it holds', () => {
    for (const text of ['tag:finance', '-crypto', 'kind:command,tool', 'sort:price near:1,2,3']) {
      const read = parseCatalogQuery({ text });
      expect(read).toMatchObject({ query: { qualifiers: [] } });
      if (!isProblem(read)) expect(read.query.terms.every(({ excluded }) => !excluded)).toBe(true);
    }
  });

  test.each([
    ['x'.repeat(2001), 'a text of 2001 characters'],
    [Array.from({ length: 51 }, (_, at) => `w${at}`).join(' '), '51 words'],
    ['x'.repeat(201), 'a word of 201 characters'],
  ])('%.20s… is refused', (text, detail) => {
    expect(parseCatalogQuery({ text })).toMatchObject({
      problem: 'invalid-query',
      detail: expect.stringContaining(detail),
    });
  });
});

describe('a filter', () => {
  const asked = (filter: Json) => {
    const read = parseCatalogQuery({ filter });
    return isProblem(read) ? read.detail : formatQuery(read.query);
  };

  test('has alternatives in a path, and holds in every path', () => {
    expect(asked({ tags: ['Finance', 'travel'], 'metadata.kind': 'command' })).toBe(
      'tag:finance,travel kind:command',
    );
    expect(asked({ capabilities: ['urn:xmpp:ping'], 'metadata.online': true })).toBe(
      'feature:urn:xmpp:ping online:true',
    );
    expect(asked({ 'metadata.price': '<=2', 'metadata.currency': 'eur' })).toBe('price:<=2 currency:EUR');
    expect(asked({ publisher: ['Works.Test', 'xn--bcher-kva.example'] })).toBe(
      'kind:publisher=works.test,publisher=bücher.example',
    );
    expect(asked({})).toBe('');
  });

  test('by type leaves the entries of those types', () => {
    const types = (type: Json) => parseCatalogQuery({ filter: { type } });
    expect(types([LISTING_TYPE])).toMatchObject({ types: [LISTING_TYPE], query: { qualifiers: [] } });
    expect(types('Application/A2A-Agent-Card+JSON')).toMatchObject({
      types: ['application/a2a-agent-card+json'],
    });
    expect(types(['text/html'])).toMatchObject({ types: [] });
    expect(types([...entryTypes])).toMatchObject({ types: entryTypes, query: { qualifiers: [] } });
    expect(asked({ type: [...cardTypes] })).toContain('card=application/mcp-server-card+json');
  });

  test.each<[Json, string]>([
    [{ colour: 'red' }, '/query/filter/colour: no path of a filter'],
    [{ tag: 'red' }, 'did you mean tags?'],
    [{ 'metadata.domain': 'x' }, 'no path'],
    [{ 'trustManifest.attestations.type': ['SOC2-Type2'] }, 'no path'],
    [{ tags: [] }, 'expected a text, or a list of at least one'],
    [{ tags: null }, 'expected a text'],
    [{ tags: { a: 1 } }, 'expected a text'],
    [{ tags: [['a']] }, 'expected a text'],
    [{ tags: Array.from({ length: 51 }, String) }, 'more than 50 values'],
    [{ 'metadata.kind': ['spell'] }, '/query/filter/metadata.kind: expected a kind of listing'],
    [{ 'metadata.price': '<=2' }, '/query/filter/metadata.price: '],
    [{ publisher: 'a b' }, 'expected a domain name'],
    [JSON.parse('{"__proto__": "x"}'), '/query/filter/__proto__: no path'],
    [{ constructor: 'x' }, 'no path'],
    [Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`k${at}`, 'x'])), 'more than 50 paths'],
    [[], 'expected an object'],
    ['tags', 'expected an object'],
    [null, 'expected an object'],
  ])('%.60j is refused', (filter, detail) => {
    expect(asked(filter)).toContain(detail);
  });

  test('is read or refused, never more, whatever it is', () => {
    const path = fc.oneof(
      fc.constantFrom('type', 'tags', 'publisher', 'capabilities', 'metadata.near', 'metadata.input'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.dictionary(path, fc.jsonValue()), fc.string({ unit: 'binary' }), (filter, text) => {
        const read = parseCatalogQuery({ filter: filter as Json, text });
        if (isProblem(read)) expect(read.problem).toBe('invalid-query');
        else expect(read.types.length).toBeLessThanOrEqual(entryTypes.length);
      }),
    );
  });
});
