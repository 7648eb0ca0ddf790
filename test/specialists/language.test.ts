import { expect, test } from 'vitest';
import { language } from '../../scripts/specialists/skills/language.ts';
import { run } from './run.ts';

test.each([
  ['Das ist ein schöner Tag, nicht wahr?', 'de', 'German'],
  ['Le chat est assis sur la chaise de la cuisine.', 'fr', 'French'],
  ['これは日本語の文章です。', 'ja', 'Japanese'],
  ['Это предложение написано по-русски.', 'ru', 'Russian'],
])('%s is %s', async (text, code, name) => {
  expect(await run(language, { text })).toMatchObject({ language: code, name });
});

test('only the candidates are considered', async () => {
  const result = await run(language, { text: 'Das ist ein schöner Tag', candidates: ['nl', 'sv'] });
  expect(['nl', 'sv']).toContain(result.language);
});

test.each([
  [{ text: '12 34' }, 'at least 3 letters'],
  [{}, 'Text: is required'],
  [{ text: 'hello there', candidates: 'xx' }, 'not one of the choices'],
  [{ text: 'hello there', limit: '0' }, 'at least 1'],
])('refuses %j', async (filled, message) => {
  await expect(run(language, filled)).rejects.toThrow(message);
});
