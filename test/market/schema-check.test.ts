import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsError, givenLimits } from '../../market/given-value.ts';
import { checkInput } from '../../market/input-check.ts';
import { schemaOf } from '../../market/json-schema.ts';
import type { Input } from '../../market/listing.ts';
import { checkLimits, checkSchema } from '../../market/schema-check.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { inputOf } from '../support/inputs.ts';

const parse = (text: string) => JSON.parse(text) as Json;

describe('a value checked against a schema', () => {
  const schema = {
    type: 'object',
    required: ['amount'],
    properties: {
      amount: { type: 'number', minimum: 3 },
      to: { enum: ['EUR', 'USD'] },
      either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      list: { type: 'array', items: { type: 'integer' }, uniqueItems: true, maxItems: 3 },
      format: { type: 'string', minLength: 2 },
      several: { type: ['boolean', 'integer'] },
      fixed: { const: 7 },
    },
    additionalProperties: false,
  };

  test.each<[what: string, value: Json, errors: [pointer: string, detail: string][]]>([
    ['is taken', { amount: 3, to: 'EUR', list: [1, 2], either: null }, []],
    ['lacks what is required', {}, [['/amount', 'is required']]],
    ['is of another type', [], [['', 'expected an object']]],
    [
      'has members of other types',
      { amount: '3', list: 1, several: 'x' },
      [
        ['/amount', 'expected a number'],
        ['/list', 'expected a list'],
        ['/several', 'expected a whole number or true or false'],
      ],
    ],
    ['is too small', { amount: 2.5 }, [['/amount', 'expected at least 3']]],
    ['is no option', { amount: 3, to: 'GBP' }, [['/to', 'expected "EUR" or "USD"']]],
    [
      'is no alternative',
      { amount: 3, either: 1 },
      [['/either', 'expected one of the alternatives of the schema']],
    ],
    [
      'has a list that is wrong in places',
      { amount: 3, list: [1, 1.5, 1, 'x'] },
      [
        ['/list', 'expected at most 3 members'],
        ['/list', 'expected no value twice'],
        ['/list/1', 'expected a whole number'],
        ['/list/3', 'expected a whole number'],
      ],
    ],
    ['is too short', { amount: 3, format: 'x' }, [['/format', 'expected at least 2 characters']]],
    ['is another constant', { amount: 3, fixed: 8 }, [['/fixed', 'expected 7']]],
    [
      'has members that nobody asked for',
      { amount: 3, 'a/b c~d#é%': 1 },
      [['/a~1b c~0d#é%', 'is not taken; expected only what the schema names']],
    ],
    [
      'has a member named __proto__',
      parse('{"amount":3,"__proto__":{"to":"x"}}'),
      [['/__proto__', 'is not taken; expected only what the schema names']],
    ],
  ])('%s', (_what, value, errors) => {
    const told = checkSchema(schema, value).map(({ pointer, detail }) => [pointer, detail]);
    expect(told.sort()).toEqual(errors.sort());
  });

  test('names a few of many options, and at most so many errors', () => {
    const many = Array.from({ length: 40 }, (_, at) => `o${at}`);
    const [error] = checkSchema({ enum: many }, 'x');
    expect(error?.detail).toMatch(/^expected one of "o0", .*"o9" and 30 more$/);
    const errors = checkSchema({ type: 'array', items: { type: 'number' } }, many);
    expect(errors).toHaveLength(checkLimits.errorsMax);
  });

  test('is found out through what the schema refers to inside itself, and nowhere else', () => {
    const local = { $ref: '#/$defs/n', $defs: { n: { type: 'number' } } };
    expect(checkSchema(local, 'x')).toEqual([{ pointer: '', detail: 'expected a number' }]);
    const circle = {
      $defs: { a: { properties: { a: { $ref: '#/$defs/a' } }, type: 'object' } },
      $ref: '#/$defs/a',
    };
    expect(checkSchema(circle, { a: { a: {} } })).toEqual([]);
    for (const $ref of ['https://evil.example/schema.json', 'other.json', '#/nowhere'])
      expect(checkSchema({ $ref }, 'x')).toEqual([]);
  });
});

describe('a schema that is hostile', () => {
  const within = (ms: number, run: () => unknown) => {
    const started = performance.now();
    run();
    expect(performance.now() - started).toBeLessThan(ms);
  };

  test('has no pattern that runs', () => {
    const evil = '^(([a-z])+.)+[A-Z]([a-z])+$';
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: evil } },
      patternProperties: { [evil]: { type: 'number' } },
      propertyNames: { pattern: evil },
    };
    within(500, () => expect(checkSchema(schema, { a: 'a'.repeat(60_000) })).toEqual([]));
    const input = inputOf('a', { pattern: evil });
    within(500, () =>
      expect(checkInput({ inputs: [input], inputSchema: null }, { a: 'a'.repeat(60_000) })).toEqual([]),
    );
  });

  test('has no format that runs', () => {
    const formats = ['uri', 'email', 'idn-email', 'hostname', 'regex', 'iri', 'duration', 'uri-template'];
    for (const format of formats)
      within(200, () =>
        expect(checkSchema({ type: 'string', format }, `${'a.'.repeat(30_000)}!`)).toEqual([]),
      );
  });

  test('costs no more than it may, however it branches', () => {
    const branch = (depth: number): JsonObject =>
      depth === 0
        ? { type: 'integer' }
        : { allOf: [branch(depth - 1), branch(depth - 1)], anyOf: [branch(depth - 1), branch(depth - 1)] };
    const deep = branch(6);
    within(2_000, () => checkSchema({ type: 'array', items: deep }, Array(1_000).fill(1)));
    within(2_000, () => checkSchema({ type: 'array', items: deep }, Array(90).fill(1)));
    within(2_000, () =>
      checkSchema(
        { type: 'array', uniqueItems: true },
        Array.from({ length: 990 }, (_, a) => ({ a })),
      ),
    );
  });
});

describe('a value that somebody gives', () => {
  const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);
  test.each<[string, Json]>([
    ['is too deep', nested(givenLimits.depthMax + 1)],
    ['has too many values', Array(givenLimits.valuesMax + 1).fill(null)],
    ['has a text that is too long', { a: 'x'.repeat(givenLimits.textCharsMax + 1) }],
    ['has a NUL', { a: ['x\u0000'] }],
    ['has half a character', '\ud800'],
    ['has a name that is too long', { ['x'.repeat(givenLimits.nameCharsMax + 1)]: 1 }],
    ['has a control character in a name', { 'a\u0001': 1 }],
    ['has half a character in a name', { '\udc00': 1 }],
  ])('is refused where it %s', (_what, value) => {
    expect(boundsError(value)).not.toBeNull();
    expect(checkSchema({}, value)).toHaveLength(1);
  });

  test('never makes the check throw, whatever it and the schema are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (schema, value) => {
        const object = typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? schema : {};
        checkSchema(object as JsonObject, value as Json);
        checkSchema({ properties: { a: object }, items: object, anyOf: [object] }, value as Json);
      }),
    );
  });
});

describe('an input', () => {
  const inputs: Input[] = [
    inputOf('day', { type: 'date' }),
    inputOf('at', { type: 'date-time' }),
    inputOf('site', { type: 'uri' }),
    inputOf('mail', { type: 'email' }),
    inputOf('who', { type: 'jid', multiple: true }),
  ];
  const check = (given: JsonObject) => checkInput({ inputs, inputSchema: null }, given);

  test('is taken in the form of its type', () => {
    expect(
      check({
        day: '2024-02-29',
        at: '2026-11-20T10:00:00+01:00',
        site: 'https://example.org/',
        mail: 'ann@example.org',
        who: ['ann@agents.test', 'works.test'],
      }),
    ).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [{ day: '2026-02-30' }, '/day'],
    [{ day: '20.11.2026' }, '/day'],
    [{ at: '2026-11-20T10:00:00' }, '/at'],
    [{ at: '2026-11-20T25:00:00Z' }, '/at'],
    [{ site: 'example' }, '/site'],
    [{ mail: 'ann' }, '/mail'],
    [{ who: ['ann@agents.test', '@'] }, '/who/1'],
    [{ who: 'ann@agents.test' }, '/who'],
    [{ day: 5 }, '/day'],
  ])('is refused otherwise: %j', (given, pointer) => {
    expect(check(given).map((error) => error.pointer)).toEqual([pointer]);
  });

  test('of a listing that states none is anything', () => {
    expect(checkInput({ inputs: [], inputSchema: null }, { whatever: [1] })).toEqual([]);
  });

  test('that is checked as its schema says is checked the same twice over', () => {
    const schema = schemaOf([inputOf('n', { type: 'integer', required: true, min: '1', max: '5' })]);
    expect(checkSchema(schema, { n: 6 })).toEqual([{ pointer: '/n', detail: 'expected at most 5' }]);
    expect(checkSchema(schema, { n: 5 })).toEqual([]);
  });
});

describe('what a stranger makes expensive', () => {
  test.each([20, 45, 95])('is told by its first error, soon: %i schemas that no value meets', (schemas) => {
    const all = (count: number) => ({ allOf: Array.from({ length: count }, () => ({ type: 'string' })) });
    const items = { allOf: [all(Math.min(schemas, 50)), all(Math.max(schemas - 50, 0))] };
    const schema = { type: 'object', properties: { list: { type: 'array', items } } };
    const began = performance.now();
    const errors = checkSchema(schema, { list: Array.from({ length: 1_900 }, (_, at) => at) });
    expect(errors).toEqual([{ pointer: '/list/0', detail: 'expected a text' }]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
