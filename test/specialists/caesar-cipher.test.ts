import { expect, test } from 'vitest';
import { caesarCipher } from '../../scripts/specialists/skills/caesar-cipher.ts';
import { run } from './run.ts';

test.each([
  [{ text: 'Hello, World!' }, { text: 'Uryyb, Jbeyq!', shift: '13' }],
  [
    { text: 'xyz XYZ é', shift: '3' },
    { text: 'abc ABC é', shift: '3' },
  ],
  [
    { text: 'abc ABC', shift: '3', back: 'true' },
    { text: 'xyz XYZ', shift: '23' },
  ],
])('%j gives %j', async (filled, result) => {
  expect(await run(caesarCipher, filled)).toEqual(result);
});

test('refuses a shift that is no letter', async () => {
  await expect(run(caesarCipher, { text: 'a', shift: '26' })).rejects.toThrow('at most 25');
});
