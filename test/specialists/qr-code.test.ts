import { expect, test } from 'vitest';
import { qrCode } from '../../scripts/specialists/skills/qr-code.ts';
import { run } from './run.ts';

test('an SVG image is made', async () => {
  const result = await run(qrCode, { content: 'xmpp:guildhall@agents.test' });
  expect(result.image).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>$/s);
  expect(result).toMatchObject({ media_type: 'image/svg+xml', version: '2', modules: '25' });
});

test('block characters show the same finder patterns', async () => {
  const result = await run(qrCode, { content: 'hello', format: 'text', quiet_zone: 'false' });
  const rows = result.image?.split('\n') ?? [];
  expect(rows[1]).toMatch(/^ {2}█▀▀▀▀▀█ .* █▀▀▀▀▀█ {2}$/);
  expect(result).toMatchObject({ media_type: 'text/plain', version: '1', modules: '21' });
});

test('more correction takes more room', async () => {
  const content = 'a'.repeat(100);
  const low = await run(qrCode, { content, correction: 'L' });
  const high = await run(qrCode, { content, correction: 'H' });
  expect(Number(high.modules)).toBeGreaterThan(Number(low.modules));
});

test('the most that is accepted gives an image that fits into a stanza', async () => {
  const result = await run(qrCode, { content: 'a'.repeat(500), correction: 'H' });
  expect(result.image?.length).toBeLessThan(40_000);
});

test.each([
  [{ content: 'a'.repeat(501) }, 'at most 500 characters'],
  [{ content: '漢'.repeat(500), correction: 'H' }, 'too much for a QR code'],
  [{ content: ' ' }, 'Content: is required'],
  [{ content: 'a', format: 'gif' }, 'not one of the choices'],
])('refuses %#', async (filled, message) => {
  await expect(run(qrCode, filled)).rejects.toThrow(message);
});
