import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../../market/problem.ts';
import { parseQueryForm, queryForm } from '../../../market/query/form.ts';
import { formatQuery } from '../../../market/query/format.ts';
import { parseQueryJson, queryJson } from '../../../market/query/json.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import { readForm, writeForm } from '../../../protocol/data-form.ts';
import type { Json } from '../../../protocol/json.ts';
import { queries } from './queries.ts';

describe('any query', () => {
  test('printed reads back to itself', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(parseQuery(formatQuery(query))).toEqual(query);
      }),
      { numRuns: 2_000 },
    );
  });

  test('as JSON reads back to itself', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const sent = JSON.parse(JSON.stringify(queryJson(query))) as Json;
        expect(parseQueryJson(sent)).toEqual(query);
      }),
      { numRuns: 1_000 },
    );
  });

  test('as a data form reads back to itself', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(parseQueryForm(queryForm(query))).toEqual(query);
      }),
      { numRuns: 1_000 },
    );
  });

  test('comes out of text, JSON and form the same', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const text = parseQuery(formatQuery(query));
        if (isProblem(text)) throw new Error(text.detail);
        const json = parseQueryJson(queryJson(text) as Json);
        if (isProblem(json)) throw new Error(json.detail);
        expect(parseQueryForm(queryForm(json))).toEqual(query);
      }),
      { numRuns: 300 },
    );
  });
});

test('a form on the wire is the same query', () => {
  const text = 'convert -fast tag:"a, \\"b\\"",c -tag:d near:52.5,13.4,10 online:true';
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  expect(parseQueryForm(readForm(writeForm(queryForm(query))))).toEqual(query);
});

/** Mostly fragments of the language, in a wrong order. */
const fragments = fc.array(
  fc.oneof(
    fc.constantFrom(
      'tag:',
      'near:',
      'input:',
      '-',
      '"',
      '\\',
      ',',
      ' ',
      ':',
      '=',
      '>=',
      '4',
      'a',
      'é',
      'price:<2 ',
      'currency:EUR ',
    ),
    fc.constantFrom(
      'tag:"a b",c ',
      'K',
      'ß',
      '\u037e',
      '\u212a',
      '\u0958',
      '\ufeff',
      '\u2028',
      '\ud800',
      '\u0344',
      '😀',
      '\0',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  ),
  { maxLength: 25 },
);

test('any text is read or refused, and what is read prints in one way', () => {
  let count = 0;
  fc.assert(
    fc.property(
      fragments.map((parts) => parts.join('')),
      (text) => {
        const query = parseQuery(text);
        if (isProblem(query)) {
          expect(query.detail).toMatch(/^Character \d+: .+[.?]$/s);
          return;
        }
        count++;
        const printed = formatQuery(query);
        const again = parseQuery(printed);
        expect(again).toEqual(query);
      },
    ),
    { numRuns: 5_000 },
  );
  expect(count).toBeGreaterThan(500);
});

test('any JSON is read or refused, with pointers', () => {
  const names = fc.constantFrom(
    'q',
    'filters',
    'tag',
    'near',
    'online',
    'price',
    'currency',
    '__proto__',
    'x/~y',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('EUR', '<2', 'a')),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(names, tie('json'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(json, (value) => {
      const query = parseQueryJson(JSON.parse(JSON.stringify(value)) as Json);
      if (isProblem(query)) expect(query.errors.length).toBeGreaterThan(0);
      else expect(parseQuery(formatQuery(query))).toEqual(query);
    }),
    { numRuns: 2_000 },
  );
});
