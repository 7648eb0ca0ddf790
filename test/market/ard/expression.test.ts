import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Constraint,
  comparisons,
  expressionLimits,
  readExpression,
  writeExpression,
} from '../../../market/ard/expression.ts';
import { parseList, parseOrder } from '../../../market/ard/list.ts';
import { LISTING_TYPE } from '../../../market/ard/media-types.ts';
import { isProblem } from '../../../market/problem.ts';

describe('a filter expression', () => {
  test.each<[string, Constraint[]]>([
    ['', []],
    ['  ', []],
    [
      "type = 'application/mcp-server-card+json' AND createdAfter > '2026-01-01'",
      [
        { field: 'type', comparison: '=', values: ['application/mcp-server-card+json'] },
        { field: 'createdAfter', comparison: '>', values: ['2026-01-01'] },
      ],
    ],
    ['publisherId=works.test', [{ field: 'publisherId', comparison: '=', values: ['works.test'] }]],
    ['displayName = "It\'s"', [{ field: 'displayName', comparison: '=', values: ["It's"] }]],
    ["displayName = 'It\\'s \\\\'", [{ field: 'displayName', comparison: '=', values: ["It's \\"] }]],
    ["a = 'x' , y,'z z'", [{ field: 'a', comparison: '=', values: ['x', 'y', 'z z'] }]],
    [
      ' a >= 1 and b=2 ',
      [
        { field: 'a', comparison: '>=', values: ['1'] },
        { field: 'b', comparison: '=', values: ['2'] },
      ],
    ],
    ["displayName = ''", [{ field: 'displayName', comparison: '=', values: [''] }]],
    ["displayName = '値段 🦊'", [{ field: 'displayName', comparison: '=', values: ['値段 🦊'] }]],
  ])('%j is read', (text, constraints) => {
    expect(readExpression(text)).toEqual(constraints);
  });

  test.each([
    ['type', 'expected =, > or >= after the field, not the end'],
    ['type =', 'expected a value'],
    ["type = 'x", 'never closed'],
    ["type = 'x' OR type = 'y'", "expected AND and a constraint, or the end, not 'OR type"],
    ["type = 'x' AND", "expected AND and a constraint, or the end, not 'AND'"],
    ["NOT type = 'x'", 'expected =, > or >= after the field'],
    ["type != 'x'", "not '!= 'x''"],
    ["type < 'x'", 'expected =, > or >='],
    ["(type = 'x')", 'expected the name of a field'],
    ["type = 'a',", 'expected a value'],
    ["type = 'a' 'b'", 'expected AND'],
    ['= 1', 'expected the name of a field'],
    ['x'.repeat(expressionLimits.charsMax + 1), 'at most 4000 are read'],
    [Array.from({ length: 31 }, () => 'a=1').join(' AND '), 'more than 30 constraints'],
  ])('%.40j is refused', (text, detail) => {
    expect(readExpression(text)).toMatchObject({ detail: expect.stringContaining(detail) });
  });

  const constraint = fc.record({
    field: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,20}$/),
    comparison: fc.constantFrom(...comparisons),
    values: fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 4 }),
  });

  test('reads back as it is printed, whatever its values', () => {
    fc.assert(
      fc.property(fc.array(constraint, { maxLength: 8 }), (constraints) => {
        expect(readExpression(writeExpression(constraints))).toEqual(constraints);
      }),
    );
  });

  test('is read or refused, never more, whatever it is', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom("'", '"', '\\', ',', '=', '>', ' AND ', ' and ', 'type', 'a', ' ', '>=', '\n', '\0'),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const read = readExpression(text);
        if (Array.isArray(read)) expect(readExpression(writeExpression(read))).toEqual(read);
        const list = parseList(text);
        expect(isProblem(list) ? list.problem : 'types' in list).toSatisfy(
          (is) => is === true || is === 'invalid-query',
        );
      }),
    );
  });
});

describe('the filter of a list', () => {
  test.each([
    ["colour = 'red'", 'filter colour: no field of the filter; expected one of displayName'],
    ["displayname = 'x'", 'did you mean displayName?'],
    ["displayName > 'x'", "compared by '>'; expected ="],
    ["updatedAfter > 'yesterday'", 'expected one date'],
    ["updatedAfter > '2026-02-30'", 'expected one date'],
    ["createdAfter > '2026-01-01T10:00:00'", 'expected one date'],
    ["createdAfter > '2026-01-01','2026-01-02'", 'expected one date'],
    ["publisherId = 'not a domain'", 'expected a domain name'],
    ["metadata.kind = 'spell'", 'filter metadata.kind: expected a kind of listing'],
    ["metadata.price = '<=2'", 'currency'],
    ['type', 'filter: Character 5: expected ='],
  ])('%s is refused', (filter, detail) => {
    expect(parseList(filter)).toMatchObject({
      problem: 'invalid-query',
      detail: expect.stringContaining(detail),
    });
  });

  test('combines what it constrains by AND, and values by OR', () => {
    expect(parseList(`type = '${LISTING_TYPE},text/html' AND type = '${LISTING_TYPE}'`)).toMatchObject({
      types: [LISTING_TYPE],
    });
    expect(parseList(`type = 'application/agent-card+json' AND type = '${LISTING_TYPE}'`)).toMatchObject({
      types: [],
    });
  });
});

test.each([
  [undefined, 'name'],
  ['', 'name'],
  ['displayName', 'name'],
  ['name ASC', 'name'],
  ['updatedAt  desc', 'recent'],
  ['updated_at DESC', 'recent'],
])('the order %s is by %s', (orderBy, sort) => {
  expect(parseOrder(orderBy)).toBe(sort);
});

test.each([
  'updatedAt',
  'name DESC',
  'created_at DESC',
  'displayName, updatedAt DESC',
  'constructor',
  '__proto__',
])('the order %s is refused', (orderBy) => {
  expect(parseOrder(orderBy)).toMatchObject({
    problem: 'invalid-parameter',
    detail: expect.stringContaining('expected displayName or updatedAt DESC'),
  });
});
