import { describe, expect, test } from 'vitest';
import type { Ask } from '../../../market/contract/contract.ts';
import type { Input } from '../../../market/listing.ts';
import { type Field, form, writeForm } from '../../../protocol/data-form.ts';
import { askFields, givenIn } from '../../../worker/commands/ask-form.ts';
import { inputOf } from '../../support/inputs.ts';

const asked = (inputs: Input[], missing = inputs.map(({ name }) => name)): Ask => ({
  ...{ title: null, text: null, schema: {} },
  ...{ inputs, missing },
});
const choices = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ value: `${at}`.padStart(200, 'x'), label: null }));
const bytesOf = (fields: Field[]) => String(writeForm(form('form', fields))).length;

describe('what is asked of a client', () => {
  test('is a form with what is missing first and required, and the rest as it was given', () => {
    const inputs = [
      inputOf('a', { type: 'integer', default: '1', min: '0', max: '9' }),
      inputOf('b', { type: 'number', min: 'few' }),
      inputOf('c', { type: 'boolean' }),
      inputOf('d', { multiple: true }),
      inputOf('e', { multiline: true }),
      inputOf('f', { secret: true }),
    ];
    const given = { b: 2.5, c: true, d: ['x', 'y'], e: 'one\ntwo', f: 'secret' };
    const fields = askFields(asked(inputs, ['f', 'a']), given);
    expect(fields.map(({ var: name, type, required, values }) => [name, type, required, values])).toEqual([
      ['a', 'text-single', true, ['1']],
      ['f', 'text-private', true, []],
      ['b', 'text-single', false, ['2.5']],
      ['c', 'boolean', false, ['1']],
      ['d', 'text-multi', false, ['x', 'y']],
      ['e', 'text-multi', false, ['one', 'two']],
    ]);
    const methods = fields.flatMap(({ var: name, validation }) =>
      validation ? [[name, validation.method]] : [],
    );
    // A bound that is no number is the agent's own to explain.
    expect(methods).toEqual([
      ['a', 'range'],
      ['b', 'basic'],
    ]);
  });

  test('never grows beyond a stanza: choices that are too many are open text, and the rest is left out', () => {
    const many = inputOf('many', { type: 'enum', options: choices(500) });
    const [field] = askFields(asked([many]), {});
    expect([field?.type, field?.options]).toEqual(['text-single', []]);
    const long = Array.from({ length: 200 }, (_, at) =>
      inputOf(`n${at}`, { description: 'd'.repeat(4_000), required: true }),
    );
    const fields = askFields(asked(long, ['n150']), {});
    expect(fields[0]?.var).toBe('n150');
    expect(bytesOf(fields)).toBeLessThan(41_000);
  });

  test('is read in the types that are asked for; what is left empty says nothing', () => {
    const inputs = [
      inputOf('a', { type: 'integer' }),
      inputOf('c', { type: 'boolean' }),
      inputOf('d', { multiple: true }),
      inputOf('e', { multiline: true }),
      inputOf('__proto__'),
      inputOf('none'),
    ];
    const values = new Map([
      ['a', ['7']],
      ['c', ['0']],
      ['d', ['x']],
      ['e', ['one', 'two']],
      ['__proto__', ['p']],
      ['none', []],
      ['foreign', ['f']],
    ]);
    const given = givenIn(asked(inputs), values);
    expect(Object.entries(given)).toEqual([
      ['a', 7],
      ['c', false],
      ['d', ['x']],
      ['e', 'one\ntwo'],
      ['__proto__', 'p'],
    ]);
  });
});
