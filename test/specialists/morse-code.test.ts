import { expect, test } from 'vitest';
import { morseCode } from '../../scripts/specialists/skills/morse-code.ts';
import { run } from './run.ts';

test.each([
  ['SOS', '... --- ...'],
  ['PARIS 73', '.--. .- .-. .. ... / --... ...--'],
  ['A.B@C', '.- .-.-.- -... .--.-. -.-.'],
])('%s is %s, both ways', async (text, morse) => {
  expect(await run(morseCode, { text: text.toLowerCase() })).toEqual({ morse });
  expect(await run(morseCode, { text: morse })).toEqual({ text });
});

test('what could be both is read as it is asked', async () => {
  expect(await run(morseCode, { text: '-', direction: 'to-morse' })).toEqual({ morse: '-....-' });
  expect(await run(morseCode, { text: '-', small: 'true' })).toEqual({ text: 't' });
});

test.each([
  ['naïve', 'no Morse code for Ï'],
  ['.......', 'no sign of the Morse code'],
])('refuses %s', async (text, message) => {
  await expect(run(morseCode, { text })).rejects.toThrow(message);
});
