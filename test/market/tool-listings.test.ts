import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeSchema } from '../../market/safe-schema.ts';
import { inputsOfSchema } from '../../market/schema-inputs.ts';
import { schemaLimits } from '../../market/schema-reader.ts';
import { type ToolFacts, type ToolProvider, toolListings } from '../../market/tool-listings.ts';
import type { JsonObject } from '../../protocol/json.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});

/** A pattern that takes a backtracking engine longer than anybody waits. */
const evil = '^(([a-z])+.)+[A-Z]([a-z])+$';

const tool: ToolFacts = {
  name: 'tide.next',
  title: 'Next tide',
  description: 'When the next high water comes.',
  tags: ['Tides'],
  icon: 'https://tides.example/wave.png',
  version: '2026.1',
  hints: { readOnly: true, destructive: null, idempotent: null, openWorld: null },
  inputSchema: JSON.stringify(object({ place: { type: 'string' } }, { required: ['place'] })),
  outputSchema: JSON.stringify(object({ tide: { type: 'number', default: 1 } })),
};
const provider: ToolProvider = {
  provider: {
    jid: 'tides@gate.test',
    name: 'Tide tables',
    domain: 'gate.test',
    description: null,
    url: null,
    contacts: [],
  },
  features: ['http://jabber.org/protocol/disco#info', 'urn:xmpp:agent-task:0'],
};

describe('the listing of a tool', () => {
  test('says whose it is, what it takes and gives, and how to invoke it', () => {
    const [listed] = toolListings(provider, [tool]);
    expect(listed?.onConsent).toBe(false);
    expect(listed?.listing).toMatchObject({
      kind: 'tool',
      node: 'tide.next',
      name: 'Next tide',
      provider: { jid: 'tides@gate.test', name: 'Tide tables', domain: 'gate.test' },
      tags: ['tides'],
      inputs: [{ name: 'place', type: 'string', required: true }],
      outputs: [{ name: 'tide', type: 'number', default: null }],
      call: { protocol: 'agent-task', node: 'tide.next', url: null },
      features: ['urn:xmpp:agent-task:0'],
      sources: ['manifest'],
    });
    expect(listed?.listing.id).toMatch(/^urn:air:gate\.test:u\.tides:tool\.next-[a-z2-7]{26}$/);
    expect(listed?.listing.provenance.inputs?.[0]?.source).toBe('manifest');
  });

  test('whose schema is not believed differs from one that takes nothing', () => {
    const nothing = JSON.stringify({ type: 'object' });
    const [unknown, empty] = toolListings(provider, [
      { ...tool, inputSchema: null },
      { ...tool, name: 'other', inputSchema: nothing },
    ]);
    expect([unknown?.listing.inputs, unknown?.listing.inputSchema]).toEqual([[], null]);
    expect([empty?.listing.inputs, empty?.listing.inputSchema?.type]).toEqual([[], 'object']);
  });

  test('without a title has its name', () => {
    expect(toolListings(provider, [{ ...tool, title: null }])[0]?.listing.name).toBe('tide.next');
  });
});

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
