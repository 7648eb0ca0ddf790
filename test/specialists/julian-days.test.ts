import { expect, test } from 'vitest';
import { julianDays } from '../../scripts/specialists/skills/julian-days.ts';
import { run } from './run.ts';

test.each([
  ['1917-10-25', '1917-11-07', 'Wednesday', '2421540'],
  ['1582-10-05', '1582-10-15', 'Friday', '2299161'],
  ['1900-02-29', '1900-03-13', 'Tuesday', '2415092'],
  ['1066-10-14', '1066-10-20', 'Saturday', '2110701'],
])('the Julian %s is the Gregorian %s, both ways', async (julian, gregorian, weekday, day_number) => {
  const result = { julian, gregorian, weekday, day_number };
  expect(await run(julianDays, { date: julian })).toEqual(result);
  expect(await run(julianDays, { date: gregorian, calendar: 'gregorian' })).toEqual(result);
});

test('the modified day number counts from 17 November 1858', async () => {
  const filled = { date: '1858-11-17', calendar: 'gregorian', modified: 'true' };
  expect(await run(julianDays, filled)).toMatchObject({ modified_number: '0' });
});

test.each([
  [{ date: '1900-02-29', calendar: 'gregorian' }, 'no 1900-02-29'],
  [{ date: '1900-13-01' }, 'no 1900-13-01'],
  [{ date: '0000-01-01' }, 'like 1917-10-25'],
  [{ date: 'yesterday' }, 'like 1917-10-25'],
])('refuses %j', async (filled, message) => {
  await expect(run(julianDays, filled)).rejects.toThrow(message);
});
