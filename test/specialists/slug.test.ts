import { expect, test } from 'vitest';
import { slug } from '../../scripts/specialists/skills/slug.ts';
import { run } from './run.ts';

test.each([
  [{ text: 'Hello, Wörld!' }, 'hello-world'],
  [{ text: 'Größe & Länge', rules: 'german' }, 'groesse-and-laenge'],
  [{ text: 'Blåbærgrød', rules: 'nordic' }, 'blaabaergroed'],
  [{ text: 'Москва слезам не верит' }, 'moskva-slezam-ne-verit'],
  [{ text: 'Αθήνα' }, 'athina'],
  [{ text: 'Łódź nad Wisłą', lower: 'false', separator: '_' }, 'Lodz_nad_Wisla'],
  [{ text: 'one two three', length: '8' }, 'one-two'],
  [{ text: 'abcdefgh', length: '3' }, 'abc'],
])('%j', async (filled, expected) => {
  expect((await run(slug, filled)).slug).toBe(expected);
});

test.each([
  [{ text: '漢字' }, 'no letter or digit'],
  [{ text: 'a', length: '0' }, 'at least 1'],
  [{ text: 'a'.repeat(501) }, 'at most 500 characters'],
])('refuses %#', async (filled, message) => {
  await expect(run(slug, filled)).rejects.toThrow(message);
});
