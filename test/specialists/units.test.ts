import { convert, getMeasureKind, type Unit } from 'convert';
import { expect, test } from 'vitest';
import { units } from '../../scripts/specialists/skills/units.ts';
import { run } from './run.ts';

test.each([
  ['10', 'km', 'mile', '6.21371'],
  ['451', 'fahrenheit', 'celsius', '232.778'],
  ['-40', 'celsius', 'fahrenheit', '-40'],
  ['1', 'gallon', 'liter', '3.78541'],
  ['1', 'pound', 'gram', '453.592'],
  ['1', 'mebibyte', 'byte', '1048580'],
  ['90', 'minute', 'hour', '1.5'],
])('%s %s in %s is %s', async (amount, from, to, result) => {
  expect(await run(units, { amount, from, to })).toEqual({ result, unit: to });
});

test('more digits give a sharper result', async () => {
  expect(await run(units, { amount: '1', from: 'mebibyte', to: 'byte', digits: '7' })).toMatchObject({
    result: '1048576',
  });
});

test('every unit on offer is known and converts into itself', () => {
  const offered = units.fields.find((field) => field.name === 'from')?.options ?? [];
  expect(offered.length).toBeGreaterThan(40);
  for (const { value } of offered) {
    expect(getMeasureKind(value as Unit), value).not.toBeUndefined();
    expect(
      (convert as (n: number, u: Unit) => { to(u: Unit): number })(3, value as Unit).to(value as Unit),
    ).toBeCloseTo(3);
  }
});

test.each([
  [{ amount: '1', from: 'km', to: 'kilogram' }, 'a km cannot be converted into a kilogram'],
  [{ amount: '1', from: 'furlong' }, 'not one of the choices'],
  [{ amount: '1', digits: '16' }, 'at most 15'],
])('refuses %j', async (filled, message) => {
  await expect(run(units, filled)).rejects.toThrow(message);
});
