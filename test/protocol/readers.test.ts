import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Field,
  type Form,
  fieldTypes,
  formLimits,
  formTypes,
  readForm,
  writeForm,
} from '../../protocol/data-form.ts';
import { jsonLimits, parseJson } from '../../protocol/json.ts';
import { NS_DATA } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { cleanText } from '../../protocol/text.ts';
import { depthMax, Element, isWithinBounds, xml } from '../../protocol/xml.ts';
import { stanza } from '../support/elements.ts';
import { readers } from '../support/readers.ts';

/** `readX(element: Element` or `readX(from: Form`, as the sources write it. */
const READER = /^export function (read\w+)\(\s*\w+: (?:Element|Form)\b/gm;

/** The run can be repeated with the seed that a failure names. */
const runs = Number(process.env.FUZZ_RUNS ?? 2_000);
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const stanzas = fc.sample(stanza, { numRuns: runs, seed });

describe.each(Object.entries(readers))('%s', (name, read) => {
  test('gives a value or a ParseError for any element', () => {
    for (const input of stanzas) {
      try {
        read(input);
      } catch (cause) {
        if (cause instanceof ParseError) continue;
        throw new Error(`${name} with FUZZ_SEED=${seed}: ${input.toString().slice(0, 2_000)}`, { cause });
      }
    }
  });
});

test('every reader of elements and forms is among them', () => {
  const folder = new URL('../../protocol/', import.meta.url);
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(new URL(path, folder), 'utf8').matchAll(READER)])
    .map((match) => match[1] ?? '');
  expect(found.length).toBeGreaterThan(30);
  expect(found.filter((name) => !Object.hasOwn(readers, name))).toEqual([]);
});

const line = fc
  .string({ maxLength: 40, unit: 'binary' })
  .map((raw) => cleanText(raw, 100).replaceAll(/\s+/g, ' '));
const optionalLine = line.map((value) => value || null);
const formField: fc.Arbitrary<Field> = fc.record({
  var: fc.stringMatching(/^[a-zA-Z0-9#:/._-]{1,30}$/),
  type: fc.constantFrom(...fieldTypes),
  label: optionalLine,
  desc: optionalLine,
  required: fc.boolean(),
  values: fc.array(line, { maxLength: 3 }),
  options: fc.array(fc.record({ label: optionalLine, value: line }), { maxLength: 3 }),
  validation: fc.option(
    fc.oneof(
      fc.record({
        datatype: fc.constantFrom('xs:string', 'xs:integer', 'x:own'),
        method: fc.constantFrom('basic' as const, 'open' as const),
        min: fc.constant(null),
        max: fc.constant(null),
        regex: fc.constant(null),
      }),
      fc.record({
        datatype: fc.constant('xs:decimal'),
        method: fc.constant('range' as const),
        min: optionalLine,
        max: optionalLine,
        regex: fc.constant(null),
      }),
      fc.record({
        datatype: fc.constant('xs:string'),
        method: fc.constant('regex' as const),
        min: fc.constant(null),
        max: fc.constant(null),
        regex: optionalLine,
      }),
    ),
  ),
});
const fields = fc.uniqueArray(formField, { maxLength: 6, selector: (field) => field.var });
const anyForm: fc.Arbitrary<Form> = fc.record({
  type: fc.constantFrom(...formTypes),
  title: optionalLine,
  instructions: optionalLine,
  fields,
  reported: fields,
  items: fc.array(fields, { maxLength: 3 }),
});

test('a form survives being written and read', () => {
  fc.assert(
    fc.property(anyForm, (form) => {
      expect(readForm(writeForm(form))).toEqual(form);
    }),
    { numRuns: runs },
  );
});

describe('a form is refused or cleaned:', () => {
  const formOf = (...children: Element[]) => xml('x', { xmlns: NS_DATA, type: 'form' }, children);

  test('more fields than the limit are refused, not cut', () => {
    const many = Array.from({ length: formLimits.fieldsMax + 1 }, (_, at) => xml('field', { var: `f${at}` }));
    expect(() => readForm(formOf(...many))).toThrow(ParseError);
    expect(readForm(formOf(...many.slice(1))).fields).toHaveLength(formLimits.fieldsMax);
  });

  test('of fields that share a name the first counts', () => {
    const form = formOf(
      xml('field', { var: 'a', type: 'boolean' }),
      xml('field', { var: 'a', type: 'list-multi' }),
    );
    expect(readForm(form).fields.map(({ type }) => type)).toEqual(['boolean']);
  });

  test('control, bidirectional and invisible characters do not pass', () => {
    const form = formOf(
      xml(
        'field',
        { var: 'a', label: 'pay\u202e\u0000\u200bload\u0007' },
        xml('value', {}, '\ufeffé\u0301'.normalize('NFD')),
      ),
    );
    expect(readForm(form).fields[0]).toMatchObject({
      label: 'payload',
      values: ['é\u0301'.normalize('NFC')],
    });
  });

  test('a field whose name holds control characters is none', () => {
    expect(readForm(formOf(xml('field', { var: 'a\u0000b' }))).fields).toEqual([]);
  });
});

describe('bounds', () => {
  test('a tree deeper than the limit is told without recursion', () => {
    let deep = new Element('a');
    for (let depth = 0; depth < 100_000; depth++) {
      const parent = new Element('a');
      parent.append(deep);
      deep = parent;
    }
    expect(isWithinBounds(deep)).toBe(false);
  });

  test('a tree at the limit passes', () => {
    let deep = new Element('a');
    for (let depth = 0; depth < depthMax; depth++) {
      const parent = new Element('a');
      parent.append(deep);
      deep = parent;
    }
    expect(isWithinBounds(deep)).toBe(true);
  });

  test('JSON is bounded in depth and length', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(ParseError);
    expect(() => parseJson(`"${'x'.repeat(jsonLimits.charsMax)}"`)).toThrow(ParseError);
    expect(parseJson('{"a":["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]}')).toEqual({ a: ['['.repeat(40)] });
  });
});
