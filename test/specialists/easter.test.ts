import { expect, test } from 'vitest';
import { easter } from '../../scripts/specialists/skills/easter.ts';
import { run } from './run.ts';

test.each([
  ['1818', 'western', '1818-03-22'],
  ['1954', 'western', '1954-04-18'],
  ['2026', 'western', '2026-04-05'],
  ['2038', 'western', '2038-04-25'],
  ['2024', 'eastern', '2024-05-05'],
  ['2025', 'eastern', '2025-04-20'],
  ['2026', 'eastern', '2026-04-12'],
])('Easter %s, %s, is %s', async (year, reckoning, date) => {
  expect(await run(easter, { year, reckoning })).toEqual({ easter: date });
});

test('every Easter is a Sunday', async () => {
  for (let year = 1583; year <= 4099; year += 7) {
    for (const reckoning of ['western', 'eastern']) {
      const { easter: date = '' } = await run(easter, { year: String(year), reckoning });
      expect(new Date(date).getUTCDay(), date).toBe(0);
    }
  }
});

test('the dependent days are counted from it', async () => {
  expect((await run(easter, { year: '2026', dependent: 'true' })).dependent).toBe(
    '2026-02-18 Ash Wednesday\n2026-04-03 Good Friday\n2026-04-06 Easter Monday\n2026-05-14 Ascension\n2026-05-24 Pentecost',
  );
});

test('refuses years before the calendar', async () => {
  await expect(run(easter, { year: '1582' })).rejects.toThrow('at least 1583');
});
