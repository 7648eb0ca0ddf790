import { describe, expect, test } from 'vitest';
import { isConnectionsOwn } from '../../functions/address.ts';
import { parseSetting } from '../../functions/settings.ts';
import { testApp } from '../support/app.ts';

const publicUrl = 'https://guildhall.example';
const paths = [
  '/openapi.json',
  '/llms.txt',
  '/docs',
  '/robots.txt',
  '/.well-known/ai-catalog.json',
  '/problems',
  '/v1/nothing',
  '/v1/listings?limit=0',
  '/v1/contracts',
  '//evil.example/v1/nothing',
];
const ask = (app: ReturnType<typeof testApp>, path: string) =>
  app.request(`http://evil.example${path}`, { headers: { host: 'evil.example' } });
const said = async (answer: Response) =>
  JSON.stringify([...answer.headers]) + (await answer.text()).replaceAll('//evil.example/v1/nothing', '');

describe('the public address', () => {
  test.each(paths)('stands in the answer to %s, and not the host that the request names', async (path) => {
    const text = await said(await ask(testApp({ publicUrl }), path));
    expect(text).not.toContain('evil.example');
  });

  test.each([
    '/openapi.json',
    '/llms.txt',
    '/docs',
    '/robots.txt',
    '/.well-known/ai-catalog.json',
    '/v1/nothing',
  ])('is named in the answer to %s', async (path) => {
    expect(await said(await ask(testApp({ publicUrl }), path))).toContain(publicUrl);
    // Without it, the request's own host is all that is known.
    expect(await said(await ask(testApp(), path))).toContain('http://evil.example');
  });

  test('gives an answer the same tag by whatever host it is asked for', async () => {
    const tag = async (host: string) => {
      const app = testApp({ publicUrl, version: 'one' });
      return (await app.request(`http://${host}/openapi.json`)).headers.get('etag');
    };
    expect(await tag('a.example')).toBe(await tag('b.example:8080'));
    expect(await tag('a.example')).not.toBe(null);
  });
});

describe('PUBLIC_URL', () => {
  test.each([
    [undefined, null],
    ['', null],
    ['https://guildhall.example', 'https://guildhall.example'],
    ['https://Guildhall.example:443/', 'https://guildhall.example'],
    ['http://127.0.0.1:8420', 'http://127.0.0.1:8420'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('takes %s', (text, origin) => {
    expect(parseSetting('PUBLIC_URL', text)).toBe(origin);
  });

  test.each([
    'guildhall.example',
    'ftp://guildhall.example',
    'https://guildhall.example/path',
    'https://guildhall.example/?a=b',
    'https://guildhall.example/#a',
    'https://ann:secret@guildhall.example',
    'javascript:alert(1)',
    `https://${'a.'.repeat(200)}example`,
  ])('does not take %s', (text) => {
    expect(() => parseSetting('PUBLIC_URL', text)).toThrow('PUBLIC_URL: takes the address at which');
  });
});

describe('the host of a request is vouched for by its connection', () => {
  test.each([
    ['127.0.0.1:8420', '127.0.0.1', 8420],
    ['127.0.0.1:8420', '::ffff:127.0.0.1', 8420],
    ['localhost:8420', '127.0.0.1', 8420],
    ['[::1]:8420', '::1', 8420],
    ['localhost', '::1', 80],
    ['192.0.2.1:8420', '192.0.2.1', 8420],
  ])('where %s came to %s port %d', (host, address, port) => {
    expect(isConnectionsOwn(host, address, port)).toBe(true);
  });

  test.each([
    ['evil.example', '127.0.0.1', 8420],
    ['evil.example:8420', '127.0.0.1', 8420],
    ['127.0.0.1', '127.0.0.1', 8420],
    ['127.0.0.1:8420', '192.0.2.1', 8420],
    ['localhost:8420', '192.0.2.1', 8420],
    ['localhost:8420', undefined, 8420],
  ])('and not where %s came to %s port %d', (host, address, port) => {
    expect(isConnectionsOwn(host, address, port)).toBe(false);
  });
});
