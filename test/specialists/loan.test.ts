import { expect, test } from 'vitest';
import { loan } from '../../scripts/specialists/skills/loan.ts';
import { run } from './run.ts';

test('an annuity has equal payments and a last one that settles', async () => {
  expect(await run(loan, { principal: '200000', rate: '3.5', months: '360' })).toMatchObject({
    first_payment: '898.09',
    ends: '360',
  });
  const year = await run(loan, { principal: '1200', rate: '12', months: '12', plan: 'true' });
  expect(year.first_payment).toBe('106.62');
  expect(year.plan?.split('\n')).toHaveLength(12);
  expect(year.plan?.split('\n').at(-1)).toMatch(/ 0\.00$/);
  expect(Number(year.total)).toBeCloseTo(1200 + Number(year.interest), 2);
});

test('the other kinds of repayment', async () => {
  const base = { principal: '1200', rate: '12', months: '12' };
  expect(await run(loan, { ...base, kind: 'linear' })).toMatchObject({
    first_payment: '112.00',
    last_payment: '101.00',
    interest: '78.00',
  });
  expect(await run(loan, { ...base, kind: 'bullet' })).toMatchObject({
    first_payment: '12.00',
    last_payment: '1212.00',
    interest: '144.00',
  });
});

test('without interest nothing is added', async () => {
  expect(await run(loan, { principal: '100', rate: '0', months: '3' })).toMatchObject({
    first_payment: '33.33',
    last_payment: '33.34',
    interest: '0.00',
    total: '100.00',
  });
});

test('months end where the calendar lets them', async () => {
  const result = await run(loan, { principal: '100', rate: '1', months: '1', start: '2026-01-31' });
  expect(result.ends).toBe('2026-02-28');
});

test.each([
  [{ principal: '0', rate: '1' }, 'at least 1'],
  [{ principal: '1', rate: '101' }, 'at most 100'],
  [{ principal: '1', rate: '1', months: '601' }, 'at most 600'],
  [{ principal: '1', rate: '1', kind: 'balloon' }, 'not one of the choices'],
  [{ rate: '1' }, 'Amount borrowed: is required'],
])('refuses %j', async (filled, message) => {
  await expect(run(loan, filled)).rejects.toThrow(message);
});
