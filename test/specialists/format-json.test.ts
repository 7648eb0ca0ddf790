import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatJson } from '../../scripts/specialists/skills/format-json.ts';
import { readJson } from '../../scripts/specialists/skills/json-tree.ts';
import { run } from './run.ts';

test('a document is laid out and nothing in it changes', async () => {
  const result = await run(formatJson, {
    json: '{"b":[1.50,12345678901234567890,"\\u00e9,]"],"2":{},"a":[]}',
  });
  expect(result).toEqual({
    valid: 'true',
    formatted:
      '{\n  "b": [\n    1.50,\n    12345678901234567890,\n    "\\u00e9,]"\n  ],\n  "2": {},\n  "a": []\n}',
  });
});

test('keys are sorted and space left out on request', async () => {
  const result = await run(formatJson, {
    json: '{"b": {"d": 1, "c": null}, "a": [true, false]}',
    indent: 'none',
    sort_keys: '1',
  });
  expect(result.formatted).toBe('{"a":[true,false],"b":{"c":null,"d":1}}');
});

test.each(['"x"', '-0.5e+10', 'null', '[[[]]]', '{"__proto__":{"a":1}}'])(
  '%s stays the same document',
  async (json) => {
    const { formatted = '' } = await run(formatJson, { json });
    expect(JSON.parse(formatted)).toEqual(JSON.parse(json));
  },
);

test('the reader agrees with JSON.parse on what is JSON', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    '01',
    '-',
    '1.',
    'e5',
    'null',
    ' ',
  );
  const text = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (json) => {
      let valid = true;
      try {
        JSON.parse(json);
      } catch {
        valid = false;
      }
      expect('tree' in readJson(json)).toBe(valid);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['{"a":1,}', 'Line 1, column 8'],
  ['[1,\n 2,\n oops]', 'Line 3, column 2'],
  ['{', 'Line 1, column 2'],
])('%j is not valid, and the place is named', async (json, place) => {
  const result = await run(formatJson, { json });
  expect(result.valid).toBe('false');
  expect(result.problem).toContain(place);
});

test.each([
  [{ json: '['.repeat(100) + ']'.repeat(100) }, 'at most 64 levels'],
  [
    { json: `${'['.repeat(60)}${'1,'.repeat(9_000)}1${']'.repeat(60)}`, indent: '4' },
    'The result would be longer',
  ],
  [{ json: '' }, 'JSON: is required'],
  [{ json: '1', indent: '3' }, 'not one of the choices'],
])('refuses %#', async (filled, message) => {
  await expect(run(formatJson, filled)).rejects.toThrow(message);
});
