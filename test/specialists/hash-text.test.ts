import { expect, test } from 'vitest';
import { hashText } from '../../scripts/specialists/skills/hash-text.ts';
import { run } from './run.ts';

test('the published test values of the algorithms come out', async () => {
  expect(await run(hashText, { text: 'abc', algorithms: ['sha256', 'sha1', 'md5', 'sha3-256'] })).toEqual({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    md5: '900150983cd24fb0d6963f7d28e17f72',
    'sha3-256': '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    bytes: '3',
  });
});

test('a key makes an HMAC (RFC 4231, case 2)', async () => {
  const result = await run(hashText, { text: 'what do ya want for nothing?', key: 'Jefe' });
  expect(result.sha256).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('lines are joined by line feeds and counted in UTF-8', async () => {
  const result = await run(hashText, { text: ['é', 'b'], algorithms: 'md5', encoding: 'base64' });
  expect(result).toEqual({ md5: '9dv06INbU7ECWUJlleNBZA==', bytes: '4' });
});

test.each([
  [{ text: 'a', algorithms: 'crc32' }, 'not one of the choices'],
  [{ text: 'a', algorithms: [''] }, 'Algorithms: is required'],
  [{ text: '' }, 'Text: is required'],
])('refuses %j', async (filled, message) => {
  await expect(run(hashText, filled)).rejects.toThrow(message);
});
