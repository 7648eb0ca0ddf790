import { describe, expect, test } from 'vitest';
import { isDate, readAnswers } from '../../scripts/specialists/answers.ts';
import { type Field, UserError } from '../../scripts/specialists/skill.ts';

const read = (field: Omit<Field, 'label' | 'name'>, ...values: string[]) =>
  readAnswers([{ name: 'a', label: 'A', ...field }], new Map([['a', values]])).list('a');

describe('the values of a form', () => {
  test.each([
    ['xs:integer', '-12'],
    ['xs:integer', '+7'],
    ['xs:decimal', '.5'],
    ['xs:decimal', '1.'],
    ['xs:date', '2024-02-29'],
    ['xs:dateTime', '2026-03-31T09:30:00'],
    ['xs:dateTime', '2026-03-31T09:30:00.25+02:00'],
    ['xs:dateTime', '2026-03-31T09:30:00Z'],
  ] as const)('accept %s %s', (datatype, value) => {
    expect(read({ type: 'text-single', datatype }, ` ${value} `)).toEqual([value]);
  });

  test.each([
    ['xs:integer', '1.5'],
    ['xs:integer', '1e3'],
    ['xs:integer', '9'.repeat(30)],
    ['xs:decimal', 'NaN'],
    ['xs:decimal', '1,5'],
    ['xs:decimal', '0x10'],
    ['xs:date', '2025-02-29'],
    ['xs:date', '31.12.2025'],
    ['xs:dateTime', '2026-03-31'],
    ['xs:dateTime', '2026-03-31T24:30:00Z'],
  ] as const)('refuse %s %s', (datatype, value) => {
    expect(() => read({ type: 'text-single', datatype }, value)).toThrow(UserError);
  });

  test('keep to their range', () => {
    const field = { type: 'text-single', datatype: 'xs:integer', min: '1', max: '5' } as const;
    expect(read(field, '5')).toEqual(['5']);
    expect(() => read(field, '0')).toThrow('A: must be at least 1.');
    expect(() => read(field, '6')).toThrow('A: must be at most 5.');
  });

  test('of a boolean become true or false', () => {
    expect(read({ type: 'boolean' }, '1')).toEqual(['true']);
    expect(read({ type: 'boolean' }, '0')).toEqual(['false']);
    expect(read({ type: 'boolean' })).toEqual(['false']);
    expect(() => read({ type: 'boolean' }, 'yes')).toThrow(UserError);
  });

  test('of a list are among its options', () => {
    const options = [
      { value: 'x', label: 'X' },
      { value: 'y', label: 'Y' },
    ];
    expect(read({ type: 'list-multi', options }, 'y', 'x', 'y')).toEqual(['y', 'x']);
    expect(() => read({ type: 'list-single', options }, 'z')).toThrow('"z" is not one of the choices');
    expect(() => read({ type: 'list-single', options }, 'x', 'y')).toThrow('one value only');
  });

  test('of several lines arrive as lines, however they are sent', () => {
    expect(read({ type: 'text-multi' }, 'a\r\nb', '', 'c')).toEqual(['a', 'b', '', 'c']);
  });

  test.each(['juliet@example.org', 'example.org', 'juliet@example.org/a balcony'])(
    'accept the address %s',
    (jid) => {
      expect(read({ type: 'jid-single' }, jid)).toEqual([jid]);
    },
  );

  test.each(['@', 'foo@', '/x', 'a b@example.org', `${'a'.repeat(2000)}@x`])(
    'refuse the address %s',
    (jid) => {
      expect(() => read({ type: 'jid-single' }, jid)).toThrow('not an XMPP address');
    },
  );

  test('are bounded', () => {
    expect(() => read({ type: 'text-single' }, 'a'.repeat(501))).toThrow('at most 500 characters');
    expect(() => read({ type: 'text-multi' }, 'a'.repeat(20_001))).toThrow('at most 20000 characters');
    expect(() => read({ type: 'text-multi' }, ...Array(30_000).fill(''))).toThrow('at most 20000 characters');
  });

  test('left out take the default, sent empty stay empty', () => {
    const field: Field = { name: 'a', label: 'A', type: 'text-single', default: 'x' };
    expect(readAnswers([field], new Map()).text('a')).toBe('x');
    expect(readAnswers([field], new Map([['a', ['']]])).has('a')).toBe(false);
  });

  test('that are required and missing are all named', () => {
    const fields: Field[] = ['a', 'b'].map((name) => ({
      name,
      label: name.toUpperCase(),
      type: 'text-single',
      required: true,
    }));
    expect(() => readAnswers(fields, new Map())).toThrow('A: is required. B: is required.');
  });
});

test('a date is one that the calendar has', () => {
  expect(isDate('2000-02-29')).toBe(true);
  expect(isDate('1900-02-29')).toBe(false);
  expect(isDate('2026-13-01')).toBe(false);
  expect(isDate('0000-00-00')).toBe(false);
});
