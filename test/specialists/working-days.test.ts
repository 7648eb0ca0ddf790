import { expect, test } from 'vitest';
import { workingDays } from '../../scripts/specialists/skills/working-days.ts';
import { run } from './run.ts';

test('a week has five working days', async () => {
  expect(await run(workingDays, { start: '2026-03-02', end: '2026-03-08' })).toEqual({
    working_days: '5',
    calendar_days: '7',
    weekend_days: '2',
    holidays_met: '',
  });
});

test('holidays count once, and only on days that are worked', async () => {
  const result = await run(workingDays, {
    start: '2026-12-21',
    end: '2026-12-31',
    holidays: ['2026-12-25', '2026-12-25', '2026-12-26'],
  });
  expect(result).toMatchObject({ working_days: '8', holidays_met: '2026-12-25' });
});

test('the weekend and the last day are as asked', async () => {
  const days = { start: '2026-03-02', end: '2026-03-08' };
  expect(await run(workingDays, { ...days, weekend: ['fri', 'sat'] })).toMatchObject({ working_days: '5' });
  expect(await run(workingDays, { ...days, weekend: [] })).toMatchObject({ working_days: '7' });
  expect(await run(workingDays, { ...days, inclusive: '0' })).toMatchObject({ calendar_days: '6' });
});

test.each([
  [{ start: '2026-03-08', end: '2026-03-02' }, 'must not be before'],
  [{ start: '1800-01-01', end: '2026-01-01' }, 'at most 40000 days'],
  [{ start: '2026-03-02', end: '2026-03-08', holidays: 'Christmas' }, '"Christmas" is not a date'],
  [{ start: '2026-02-30', end: '2026-03-08' }, 'First day: must be a date'],
])('refuses %j', async (filled, message) => {
  await expect(run(workingDays, filled)).rejects.toThrow(message);
});
