import { describe, expect, test } from 'vitest';
import { inputsOfSchema } from '../../market/schema-inputs.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { evil, object } from '../support/schemas.ts';

describe('an input from a JSON Schema', () => {
  const one = (schema: JsonObject[string], more: JsonObject = {}) =>
    inputsOfSchema(object({ x: schema }, more))[0];

  test.each<[JsonObject[string], object]>([
    [{ type: 'string' }, { type: 'string', multiple: false, multiline: false, required: false }],
    [
      { type: 'string', contentMediaType: 'text/markdown' },
      { type: 'string', multiline: true },
    ],
    [
      { type: 'integer', minimum: 1, exclusiveMaximum: 10, default: 3 },
      { type: 'integer', min: '1', max: '9', default: '3' },
    ],
    [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'number', min: '0', max: null },
    ],
    [{ type: ['integer', 'number'] }, { type: 'number' }],
    [{ type: ['string', 'null'], format: 'date' }, { type: 'date' }],
    [
      { type: 'boolean', default: false },
      { type: 'boolean', default: 'false' },
    ],
    [{ type: 'string', format: 'date-time' }, { type: 'date-time' }],
    [{ type: 'string', format: 'uri' }, { type: 'uri' }],
    [{ type: 'string', format: 'email' }, { type: 'email' }],
    [{ type: 'string', format: 'jid' }, { type: 'jid' }],
    [
      { type: 'string', format: 'password', default: 'hunter2' },
      { secret: true, default: null },
    ],
    [
      { enum: ['C', 'F'], default: 'C' },
      {
        type: 'enum',
        default: 'C',
        options: [
          { value: 'C', label: null },
          { value: 'F', label: null },
        ],
      },
    ],
    [{ enum: [1, 2, null] }, { type: 'enum', options: [{ value: '1' }, { value: '2' }] }],
    [{ const: 'only' }, { type: 'enum', options: [{ value: 'only' }] }],
    [
      { oneOf: [{ const: 'a', title: 'First' }, { const: 'b' }] },
      {
        type: 'enum',
        options: [
          { value: 'a', label: 'First' },
          { value: 'b', label: null },
        ],
      },
    ],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'integer' }],
    [{ allOf: [{ type: 'integer' }, { minimum: 2 }] }, { type: 'integer', min: '2' }],
    [
      { type: 'array', items: { type: 'number' }, default: [1, 2] },
      { type: 'number', multiple: true, default: ['1', '2'] },
    ],
    [
      { type: 'array', items: { enum: ['a', 'b'] } },
      { type: 'enum', multiple: true },
    ],
    [{ type: 'array' }, { type: 'string', multiple: true }],
    [
      { type: 'object', properties: { y: {} } },
      { type: 'string', multiple: false },
    ],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, { type: 'string' }],
    [true, { type: 'string' }],
    [
      { title: 'Where', description: 'A\u202e place\u0000' },
      { label: 'Where', description: 'A place' },
    ],
    [
      { type: 'string', pattern: evil },
      { type: 'string', pattern: evil },
    ],
    [{ type: 'string', pattern: 'a'.repeat(501) }, { pattern: null }],
    [{ $ref: 'https://evil.example/schema.json' }, { type: 'string' }],
    [{ $ref: 'https://evil.example/schema.json', type: 'integer' }, { type: 'integer' }],
    [{ $ref: '#/nowhere' }, { type: 'string' }],
    [{ $ref: '#/properties/x' }, { type: 'string' }],
    [JSON.parse('{"__proto__":{"type":"integer"}}') as JsonObject, { type: 'string' }],
  ])('%j', (schema, expected) => {
    expect(one(schema)).toMatchObject(expected);
  });

  test('follows references inside its own document, by pointer, anchor and its own address', () => {
    const more: JsonObject = {
      $id: 'https://tides.example/schema',
      $defs: { 'a/b': { type: 'integer' }, c: { $anchor: 'see', $ref: '#/$defs/a~1b', maximum: 5 } },
    };
    for (const $ref of ['#/$defs/a~1b', '#/$defs/a%7E1b', 'https://tides.example/schema#/$defs/a~1b'])
      expect(one({ $ref }, more)?.type).toBe('integer');
    expect(one({ $ref: '#see', description: 'Own words' }, more)).toMatchObject({
      type: 'integer',
      max: '5',
      description: 'Own words',
    });
  });

  test('is required where the schema or a part that always holds says so', () => {
    const schema = object(
      { a: {}, b: {}, c: {} },
      {
        required: ['a', 'missing'],
        allOf: [{ required: ['b'] }, object({ d: {} }, { required: ['d'] })],
        anyOf: [object({ e: { type: 'integer' } }, { required: ['e', 'c'] }), { type: 'null' }],
      },
    );
    expect(inputsOfSchema(schema).map(({ name, required }) => [name, required])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
      ['d', true],
      ['e', false],
    ]);
  });

  test('with an impossible name, or that must not be there, is none', () => {
    const schema = object({ 'a\u202eb': {}, '': {}, ' c': {}, gone: false, ok: {} });
    expect(inputsOfSchema(schema).map(({ name }) => name)).toEqual(['ok']);
  });
});
