import { expect, test } from 'vitest';
import { timeZones } from '../../scripts/specialists/skills/time-zones.ts';
import { run } from './run.ts';

test('a wall clock time is given in other zones', async () => {
  const result = await run(timeZones, {
    when: '2026-01-15T09:00:00',
    from: 'Europe/Berlin',
    to: ['Asia/Tokyo', 'America/New_York'],
  });
  expect(result.instant).toBe('2026-01-15T08:00:00Z');
  expect(result.times).toBe(
    'Asia/Tokyo: 2026-01-15T17:00:00+09:00 (Thursday)\nAmerica/New_York: 2026-01-15T03:00:00-05:00 (Thursday)',
  );
});

test('an offset in the time names the instant', async () => {
  const result = await run(timeZones, { when: '2026-07-01T12:00:00+05:30', from: 'UTC', to: 'Europe/Paris' });
  expect(result.start).toBe('2026-07-01T06:30:00Z');
  expect(result.times).toContain('2026-07-01T08:30:00+02:00 (Wednesday, summer time)');
});

test('days keep the clock time over a change to summer time, minutes do not', async () => {
  const base = { when: '2026-03-28T12:00:00', from: 'Europe/Berlin', to: 'Europe/Berlin' };
  expect((await run(timeZones, { ...base, add_days: '1' })).start).toBe('2026-03-29T12:00:00+02:00');
  expect((await run(timeZones, { ...base, add_minutes: '1440' })).start).toBe('2026-03-29T13:00:00+02:00');
});

test.each([
  [{ when: '2026-03-29T02:30:00', from: 'Europe/Berlin' }, 'the clocks in Europe/Berlin skip this time'],
  [{ when: 'tomorrow' }, 'must be a date and time'],
  [{ when: '2026-01-01T00:00:00', to: 'Mars/Olympus' }, 'not one of the choices'],
  [{ when: '2026-01-01T00:00:00', add_days: '1.5' }, 'must be a whole number'],
])('refuses %j', async (filled, message) => {
  await expect(run(timeZones, filled)).rejects.toThrow(message);
});
