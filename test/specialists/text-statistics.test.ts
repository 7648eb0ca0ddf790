import { expect, test } from 'vitest';
import { textStatistics } from '../../scripts/specialists/skills/text-statistics.ts';
import { run } from './run.ts';

test('a small text is counted', async () => {
  expect(await run(textStatistics, { text: ['The cat sat. The dog', 'sat too!'], top: '2' })).toEqual({
    characters: '29',
    words: '7',
    different_words: '5',
    sentences: '2',
    lines: '2',
    reading_seconds: '3',
    frequent: 'sat 2\nthe 2',
  });
});

test('a character is what a person sees as one', async () => {
  expect(await run(textStatistics, { text: '👨‍👩‍👧é' })).toMatchObject({ characters: '2' });
});

test('capitals count when asked', async () => {
  expect(await run(textStatistics, { text: 'Go go', fold_case: 'false' })).toMatchObject({
    different_words: '2',
  });
});

test.each([
  [{}, 'Text: is required'],
  [{ text: 'a', speed: '0' }, 'at least 10'],
  [{ text: 'a', top: 'all' }, 'whole number'],
  [{ text: 'a'.repeat(20_001) }, 'at most 20000 characters'],
])('refuses %#', async (filled, message) => {
  await expect(run(textStatistics, filled)).rejects.toThrow(message);
});
