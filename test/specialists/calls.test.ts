import { expect, test } from 'vitest';
import { readAnswers } from '../../scripts/specialists/answers.ts';
import { runSkill } from '../../scripts/specialists/skill.ts';
import { lostProperty } from '../../scripts/specialists/skills/lost-property.ts';
import { splitBill } from '../../scripts/specialists/skills/split-bill.ts';
import { teaTimer } from '../../scripts/specialists/skills/tea-timer.ts';
import { run } from './run.ts';

test.each([
  ['plainly', { round: '0' }, '36.67'],
  ['rounded up', { round: '1' }, '37.00'],
])('a bill is split %s', async (_how, more, each) => {
  const filled = { amount: '100', currency: 'CHF', guests: '3', tip: '10', ...more };
  const raw = new Map(Object.entries(filled).map(([name, value]) => [name, [value]]));
  const answers = readAnswers([...splitBill.fields, ...(splitBill.second ?? [])], raw);
  const outputs = await runSkill(splitBill, answers);
  expect(outputs.map(({ values }) => values.join())).toEqual([each, 'CHF']);
});

test('tea is ready after the seconds that it is to draw', async () => {
  const before = Date.now();
  expect(await run(teaTimer, { tea: 'mint', seconds: '1', sugar: '1' })).toEqual({
    cup: 'mint tea, with sugar',
    seconds: '1',
  });
  expect(Date.now() - before).toBeGreaterThanOrEqual(990);
});

test('nobody finds what was lost', async () => {
  await expect(run(lostProperty, { thing: 'umbrella' })).rejects.toThrow("look for 'umbrella'");
});
