import { describe, expect, test } from 'vitest';
import { form } from '../../../protocol/data-form.ts';
import { ask, checkField, choiceField, numberField, textField } from '../../../worker/commands/fields.ts';
import { readValues, refilled, several, single } from '../../../worker/commands/values.ts';
import { fieldsOf } from '../../support/fields.ts';

describe('a submitted form', () => {
  const shown = ask('All', '', [
    numberField('n', 'N', { value: 5, min: -2, max: 10 }),
    checkField('flag', 'Flag'),
    textField('name', 'Name', { required: true }),
    textField('lines', 'Lines', { type: 'text-multi', values: ['kept'] }),
    textField('jid', 'Jid', { type: 'jid-single' }),
    textField('amount', 'Amount', {
      validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
    }),
    {
      ...choiceField('open', 'Open', [], ''),
      required: false,
      values: [],
      validation: { datatype: 'xs:string', method: 'open', min: null, max: null, regex: null },
    },
    { ...textField('secret', 'Hidden'), type: 'hidden', values: ['ours'] },
  ]);
  const read = (values: { [name: string]: string | string[] }) =>
    readValues(shown, form('submit', fieldsOf({ name: 'x', ...values })));

  test('keeps what it leaves out, drops what was not asked for, and cannot change what is hidden', () => {
    const { values, errors } = read({ foreign: 'x', secret: 'theirs' });
    expect(errors).toEqual([]);
    expect([several(values, 'lines'), single(values, 'n'), single(values, 'secret')]).toEqual([
      ['kept'],
      '5',
      'ours',
    ]);
    expect(values.has('foreign')).toBe(false);
    expect(several(read({ lines: [] }).values, 'lines')).toEqual([]);
    expect(refilled(shown, read({ n: '7' }).values).fields[0]?.values).toEqual(['7']);
  });

  test.each<[string, string | string[], string | null]>([
    ['n', '-2', null],
    ['n', '11', 'expected a whole number from -2 to 10'],
    ['n', '1.5', 'expected a whole number from -2 to 10'],
    ['n', '', 'expected a value'],
    ['n', ['1', '2'], 'expected one value'],
    ['n', '9'.repeat(400), 'expected a whole number from -2 to 10'],
    ['flag', 'true', null],
    ['flag', 'yes', 'expected true or false'],
    ['name', [], 'expected a value'],
    ['name', 'x'.repeat(5_000), 'expected at most 4000 characters'],
    ['jid', 'a@b.test', null],
    ['jid', '@', 'expected a JID'],
    ['amount', '0.20', null],
    ['amount', 'NaN', 'expected a number'],
    ['open', 'anything', null],
  ])('with %s = %.20j says: %s', (name, value, detail) => {
    expect(read({ [name]: value }).errors).toEqual(detail ? [{ pointer: name, detail }] : []);
  });
});
