import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeSchema } from '../../market/safe-schema.ts';
import { inputsOfSchema } from '../../market/schema-inputs.ts';
import { schemaLimits } from '../../market/schema-reader.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { object } from '../support/schemas.ts';

describe('a hostile schema', () => {
  const doubled: JsonObject = {
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        `d${at}`,
        { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
      ]),
    ),
  };
  const nested = Array.from({ length: 300 }).reduce<JsonObject>((inner) => object({ x: inner }), {});
  const wide = object(
    Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`p${at}`, { type: 'string' }])),
  );

  test.each<[string, JsonObject]>([
    ['that refers to itself', { $ref: '#' }],
    [
      'whose references go in a circle',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    ],
    ['whose references double at each step', doubled],
    ['whose members double at each step', object({ a: { $ref: '#' }, b: { $ref: '#' }, c: doubled })],
    ['300 deep', nested],
    ['5,000 wide', wide],
    [
      'of nothing but odd values',
      { type: 7, properties: [], required: 'x', allOf: {}, anyOf: [1, null], $ref: 3 },
    ],
  ])('%s is read in no time to something small', (_what, schema) => {
    const before = performance.now();
    const inputs = inputsOfSchema(schema);
    const copy = JSON.stringify(safeSchema(schema));
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(inputs.length).toBeLessThanOrEqual(200);
    expect(copy.length).toBeLessThan(schemaLimits.schemasMax * 60);
    expect(copy).not.toContain('$ref');
  });

  test('of any JSON at all is read without a throw', () => {
    const odd = fc.jsonValue({ maxDepth: 1 });
    const { schema } = fc.letrec((tie) => {
      const inner = tie('schema');
      const some = fc.array(inner, { maxLength: 3 });
      const named = fc.dictionary(fc.constantFrom('x', 'y', '__proto__', 'constructor'), inner, {
        maxKeys: 3,
      });
      const node = fc.record(
        {
          type: fc.oneof(fc.constantFrom('object', 'array', 'string', 'integer'), odd),
          properties: fc.oneof(named, odd),
          items: inner,
          allOf: some,
          anyOf: some,
          $ref: fc.oneof(fc.constantFrom('#', '#/$defs/x', '#/properties/y', '#/allOf/0', '#/%', '#x'), odd),
          $defs: named,
          enum: fc.oneof(fc.array(odd, { maxLength: 3 }), odd),
          default: odd,
          required: odd,
          minimum: odd,
        },
        { requiredKeys: [] },
      );
      return { schema: fc.oneof({ maxDepth: 3, depthSize: 'small' }, odd, node) };
    });
    fc.assert(
      fc.property(schema, (value) => {
        const read = { properties: { x: value, y: value } } as JsonObject;
        for (const input of inputsOfSchema(read)) expect(['x', 'y']).toContain(input.name);
        expect(JSON.stringify(safeSchema(read))).not.toContain('"$ref":');
      }),
    );
  });
});
