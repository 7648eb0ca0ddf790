import { expect, test } from 'vitest';
import { explainCron } from '../../scripts/specialists/skills/explain-cron.ts';
import { run } from './run.ts';

test.each([
  [{ expression: '0 9 * * 1' }, 'At 09:00, only on Monday'],
  [{ expression: '0 9 * * 2', sunday: '1' }, 'At 09:00, only on Monday'],
  [{ expression: '30 14 * * *', clock24: 'false' }, 'At 02:30 PM'],
  [
    { expression: '*/5 9-17 * * 1-5', language: 'de' },
    'Alle 5 Minuten, zwischen 09:00 und 17:59, Montag bis Freitag',
  ],
  [{ expression: '0 0 * * *', verbose: 'true' }, 'At 00:00, every day'],
])('%j is explained', async (filled, explanation) => {
  expect((await run(explainCron, filled)).explanation).toBe(explanation);
});

test.each([
  [{ expression: '99 * * * *' }, 'Cron line: minutes part must be >= 0 and <= 59'],
  [{ expression: 'now and then' }, 'Cron line: '],
  [{ expression: '* '.repeat(150) }, 'at most 200 characters'],
  [{ expression: '* * * * *', language: 'tlh' }, 'not one of the choices'],
])('refuses %j', async (filled, message) => {
  await expect(run(explainCron, filled)).rejects.toThrow(message);
});
