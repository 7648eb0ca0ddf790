import { describe, expect, test } from 'vitest';
import { isProblem } from '../../../market/problem.ts';
import { qualifierNames } from '../../../market/query/ast.ts';
import { formatQuery } from '../../../market/query/format.ts';
import { errorsMax, parseQueryJson, queryJson } from '../../../market/query/json.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import type { Json } from '../../../protocol/json.ts';

describe('a JSON query', () => {
  test.each<[Json, string]>([
    [{}, ''],
    [{ q: '' }, ''],
    [{ filters: {} }, ''],
    [{ q: 'convert tag:finance', filters: { tag: 'fx' } }, 'convert tag:finance tag:fx'],
    [{ filters: { tag: ['b', 'A', 'a'] } }, 'tag:a,b'],
    [{ filters: { tag: 'working days, "all"' } }, 'tag:"working days, \\"all\\""'],
    [
      { filters: { online: true, rating: '>=4', near: '52.5,13.4,10' } },
      'online:true rating:>=4 near:52.5,13.4,10',
    ],
    [{ filters: { online: [true, false] } }, 'online:false,true'],
    [{ filters: { input: ['amount', 'to=EUR'], accepts: 'date' } }, 'input:amount,to=EUR accepts:date'],
    [{ q: 'currency:EUR', filters: { price: '<=2' } }, 'price:<=2 currency:EUR'],
    [{ q: 'price:<=2', filters: { currency: 'EUR' } }, 'price:<=2 currency:EUR'],
  ])('%j is the same as %s', (json, text) => {
    const query = parseQueryJson(json);
    expect(query).toEqual(parseQuery(text));
    expect(isProblem(query) ? null : formatQuery(query)).toBe(text);
  });

  test.each<[Json, [string, RegExp][]]>([
    [null, [['', /expected an object, not null/]]],
    [[], [['', /expected an object, not a list/]]],
    ['convert', [['', /expected an object, not a text/]]],
    [{ q: 1 }, [['/q', /expected a text, not a number/]]],
    [{ q: null }, [['/q', /expected a text, not null/]]],
    [{ q: ['a'] }, [['/q', /expected a text, not a list/]]],
    [{ q: 'a "b' }, [['/q', /^Character 3: .*never closed/]]],
    [{ query: 'x' }, [['/query', /unknown field; expected q or filters/]]],
    [{ 'a/b~c': 1 }, [['/a~1b~0c', /unknown field/]]],
    [JSON.parse('{"__proto__": {"tag": "x"}}') as Json, [['/__proto__', /unknown field/]]],
    [{ filters: 'tag:x' }, [['/filters', /expected an object of qualifiers and values, not a text/]]],
    [{ filters: ['tag'] }, [['/filters', /not a list/]]],
    [{ filters: null }, [['/filters', /not null/]]],
    [
      { filters: { tags: 'x' } },
      [['/filters/tags', /unknown qualifier; did you mean tag\? Expected one of input, /]],
    ],
    [{ filters: { '-tag': 'x' } }, [['/filters/-tag', /what is excluded goes into q/]]],
    [{ filters: { constructor: 'x' } }, [['/filters/constructor', /unknown qualifier; expected one of/]]],
    [{ filters: { tag: [] } }, [['/filters/tag', /at least one value/]]],
    [{ filters: { tag: 5 } }, [['/filters/tag', /expected a text: a tag, such as "finance".*not a number/]]],
    [{ filters: { tag: null } }, [['/filters/tag', /not null/]]],
    [{ filters: { tag: { a: 1 } } }, [['/filters/tag', /not an object/]]],
    [{ filters: { tag: ['a', ['b']] } }, [['/filters/tag/1', /not a list/]]],
    [{ filters: { tag: ['a', ''] } }, [['/filters/tag/1', /not an empty value/]]],
    [{ filters: { tag: '' } }, [['/filters/tag', /not an empty value/]]],
    [{ filters: { tag: Array(51).fill('a') } }, [['/filters/tag', /more than 50 values/]]],
    [
      { filters: { tag: 'x'.repeat(100_000) } },
      [['/filters/tag', /a value of 100000 characters; at most 500/]],
    ],
    [
      { filters: { online: 'true' } },
      [['/filters/online', /expected true or false, such as true, not a text/]],
    ],
    [{ filters: { online: 1 } }, [['/filters/online', /not a number/]]],
    [{ filters: { rating: 4 } }, [['/filters/rating', /a comparison .* such as ">=4", not a number/]]],
    [{ filters: { rating: '4' } }, [['/filters/rating', /not '4'; did you mean >=4\?/]]],
    [{ filters: { near: [52.5, 13.4, 10] } }, [['/filters/near/0', /LAT,LON,KM.*not a number/]]],
    [{ filters: { near: ['1,2,3', '4,5,6'] } }, [['/filters/near', /several places/]]],
    [{ filters: { price: '<2' } }, [['/filters/price', /needs a currency/]]],
    [{ q: 'price:<2', filters: { tag: 'a' } }, [['/q', /needs a currency/]]],
    [{ q: 'tag:a '.repeat(50), filters: { tag: ['a', 'b'] } }, []],
    [
      { x: 1, q: '"', filters: { kind: ['command', 'comand'], currency: 'XXZ' } },
      [
        ['/x', /unknown field/],
        ['/q', /never closed/],
        ['/filters/kind/1', /did you mean command\?/],
        ['/filters/currency', /a currency that exists/],
      ],
    ],
  ])('%.80j is refused, pointing at what is wrong', (json, errors) => {
    const query = parseQueryJson(json);
    if (errors.length === 0) return expect(isProblem(query)).toBe(false);
    expect(query).toMatchObject({
      problem: 'invalid-query',
      errors: errors.map(([pointer, detail]) => ({ pointer, detail: expect.stringMatching(detail) })),
    });
  });

  test('with too many qualifiers or characters in all is refused', () => {
    const tags = Array.from({ length: 50 }, (_, at) => `tag:${at}`).join(' ');
    expect(parseQueryJson({ q: tags, filters: { tag: 'x' } })).toMatchObject({
      errors: [{ pointer: '/q', detail: 'more than 50 qualifiers; expected at most that many' }],
    });
    const long = Array.from({ length: 50 }, (_, at) => `${'x'.repeat(50)}${at}`);
    expect(parseQueryJson({ filters: { tag: long } })).toMatchObject({
      errors: [{ detail: 'the query has 2643 characters when written out; at most 2000 are read' }],
    });
  });

  test('with thousands of errors names some', () => {
    const filters = Object.fromEntries(
      Array.from({ length: 5000 }, (_, at) => [`${'x'.repeat(500)}${at}`, at]),
    );
    const query = parseQueryJson({ filters });
    if (!isProblem(query)) throw new Error('refusal expected');
    expect(query.errors).toHaveLength(errorsMax);
    expect(query.detail.length).toBeLessThan(500);
  });

  test('says what goes beside q, and leaves in q what is repeated or excluded', () => {
    const query = parseQuery('convert online:true tag:a,b tag:c -tag:d rating:>=4 rating:<5');
    if (isProblem(query)) throw new Error(query.detail);
    expect(queryJson(query)).toEqual({
      q: 'convert tag:c -tag:d rating:>=4',
      filters: { tag: ['a', 'b'], online: true, rating: '<5' },
    });
    expect(queryJson({ terms: [], qualifiers: [] })).toEqual({});
  });

  test('takes every qualifier', () => {
    for (const name of qualifierNames) {
      const query = parseQueryJson({ filters: { [name]: 0 } });
      expect(query).toMatchObject({
        errors: [{ pointer: `/filters/${name}`, detail: expect.stringContaining('expected') }],
      });
    }
  });
});
