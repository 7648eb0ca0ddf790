import { describe, expect, test } from 'vitest';
import { safeSchema } from '../../market/safe-schema.ts';
import { evil, object } from '../support/schemas.ts';

describe('the copy of a schema', () => {
  test('stands by itself: references followed, patterns and what belongs to them left out', () => {
    const schema = object(
      {
        code: { type: 'string', pattern: evil, maxLength: 10 },
        place: { $ref: '#/$defs/place', description: 'Where' },
        other: { $ref: 'https://evil.example/schema.json' },
        tree: { $ref: '#/$defs/tree' },
      },
      {
        required: ['code'],
        additionalProperties: false,
        $defs: {
          place: { oneOf: [{ const: 'a' }, { const: 'b' }], not: { pattern: evil } },
          tree: { type: 'array', items: { $ref: '#/$defs/tree' } },
        },
      },
    );
    expect(safeSchema(schema)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        code: { type: 'string', maxLength: 10 },
        place: { description: 'Where', anyOf: [{ const: 'a' }, { const: 'b' }] },
        other: {},
        tree: { type: 'array', items: {} },
      },
      required: ['code'],
      additionalProperties: false,
    });
  });

  test('refuses nothing that the original takes: what is cut makes it looser', () => {
    expect(safeSchema(object({ a: {}, 'b\u202e': {} }, { additionalProperties: false }))).not.toHaveProperty(
      'additionalProperties',
    );
    expect(
      safeSchema({ type: 'object', patternProperties: { '^x': {} }, additionalProperties: false }),
    ).not.toHaveProperty('additionalProperties');
    expect(safeSchema({ enum: ['a', 'b\u0000'] })).not.toHaveProperty('enum');
    expect(safeSchema({ type: ['string', 'odd'] })).not.toHaveProperty('type');
    expect(safeSchema({ $ref: '#/$defs/a', minimum: 1, $defs: { a: { minimum: 5 } } })).toMatchObject({
      minimum: 1,
      allOf: [{ minimum: 5 }],
    });
  });
});
