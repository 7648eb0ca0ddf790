import { expect, test } from 'vitest';
import { readAnswers } from '../../scripts/specialists/answers.ts';
import { leaveCommand } from '../../scripts/specialists/leave.ts';

test('the command leaves for as long as it is told, and says when it is back', async () => {
  const left: number[] = [];
  const command = leaveCommand((seconds) => left.push(seconds));
  const before = Date.now();
  const [back] = await command.run(readAnswers(command.fields, new Map([['seconds', ['90']]])));
  expect(left).toEqual([90]);
  expect(Date.parse(back?.values[0] ?? '') - before).toBeGreaterThanOrEqual(90_000);
});

test('it stays away for at least five seconds', () => {
  const { fields } = leaveCommand(() => {});
  expect(() => readAnswers(fields, new Map([['seconds', ['1']]]))).toThrow('at least 5');
});
