import { expect, test } from 'vitest';
import { currency } from '../../scripts/specialists/skills/currency.ts';
import { run } from './run.ts';

test('euros become dollars at the latest rate', async () => {
  expect(await run(currency, { amount: '100' })).toEqual({
    result: '117.20',
    currency: 'USD',
    rate: '1.172',
    rate_date: '2025-06-30',
  });
});

test('a date takes the rate that held then', async () => {
  const result = await run(currency, { amount: '10', from: 'USD', to: 'EUR', date: '2025-02-14' });
  expect(result).toMatchObject({ result: '9.63', rate_date: '2024-12-31' });
  expect(await run(currency, { amount: '10', date: '2024-06-28' })).toMatchObject({
    rate_date: '2024-06-28',
  });
});

test('yen have no decimals', async () => {
  expect(await run(currency, { amount: '1', to: 'JPY' })).toMatchObject({ result: '169' });
});

test('a currency into itself changes nothing', async () => {
  expect(await run(currency, { amount: '12.34', from: 'BRL', to: 'BRL' })).toMatchObject({
    result: '12.34',
    rate: '1',
  });
});

test.each([
  [{ amount: '-1' }, 'Amount: must be at least 0'],
  [{ amount: 'ten' }, 'Amount: must be a decimal number'],
  // ISO 4217's code for no currency at all.
  [{ amount: '1', to: 'XXX' }, 'To: "XXX" is not one of the choices'],
  [{ amount: '1', date: '2020-01-01' }, 'begins on 2024-06-28'],
  [{}, 'Amount: is required'],
])('refuses %j', async (filled, message) => {
  await expect(run(currency, filled)).rejects.toThrow(message);
});
