import { expect, test } from 'vitest';
import { colourContrast } from '../../scripts/specialists/skills/colour-contrast.ts';
import { run } from './run.ts';

test.each([
  [{ foreground: 'black', background: 'white' }, '21.00', 'true'],
  [{ foreground: '#767676' }, '4.54', 'true'],
  [{ foreground: '#777' }, '4.47', 'false'],
  [{ foreground: '#777', large: '1' }, '4.47', 'true'],
  [{ foreground: '#767676', level: 'AAA' }, '4.54', 'false'],
  [{ foreground: 'hsl(0 100% 50%)', background: '#f00' }, '1.00', 'false'],
])('%j is judged', async (filled, ratio, passes) => {
  expect(await run(colourContrast, filled)).toMatchObject({ ratio, passes });
});

test.each([
  [{ foreground: 'greyish' }, 'Text colour: this is not a CSS colour'],
  [{ background: 'rgb(0 0 0 / 50%)' }, 'Background colour: a transparent colour'],
  [{ foreground: '#'.repeat(200) }, 'at most 100 characters'],
])('refuses %j', async (filled, message) => {
  await expect(run(colourContrast, filled)).rejects.toThrow(message);
});
