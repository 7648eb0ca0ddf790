import { expect, test } from 'vitest';
import { romanNumerals } from '../../scripts/specialists/skills/roman-numerals.ts';
import { run } from './run.ts';

test.each([
  ['1', 'I'],
  ['4', 'IV'],
  ['1994', 'MCMXCIV'],
  ['2026', 'MMXXVI'],
  ['3999', 'MMMCMXCIX'],
])('%s is %s, both ways', async (number, numeral) => {
  expect(await run(romanNumerals, { value: number })).toEqual({ number, numeral });
  expect(await run(romanNumerals, { value: numeral.toLowerCase() })).toEqual({ number, numeral });
});

test('small letters can be asked for', async () => {
  expect(await run(romanNumerals, { value: '12', small: 'true' })).toMatchObject({ numeral: 'xii' });
});

test.each([
  [{ value: 'XXXX' }, 'the usual way to write 40 is XL'],
  [{ value: 'IIX' }, 'in no order'],
  [{ value: '0' }, 'from 1 to 3999'],
  [{ value: '4000' }, 'from 1 to 3999'],
  [{ value: 'twelve' }, 'neither a number nor a Roman numeral'],
  [{ value: '12', direction: 'from-roman' }, 'a numeral is needed'],
  [{ value: 'X', direction: 'to-roman' }, 'a number is needed'],
])('refuses %j', async (filled, message) => {
  await expect(run(romanNumerals, filled)).rejects.toThrow(message);
});
