import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent, notePresence } from '../../db/consent.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createDirectory, type TestDirectory, until } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';

const id = listingOf('fx@works.test', { node: 'fx' }).id;
const listingPath = `/v1/listings/${id}`;

let directory: TestDirectory;
beforeAll(async () => {
  directory = await createDirectory();
  const bulk = Array.from({ length: 30 }, (_, at) =>
    indexOf(`n${at}@bulk.test`, [{ node: 'n', name: 'Bulk' }]),
  );
  await writeIndex(directory.db, [...bulk, indexOf('fx@works.test', [{ node: 'fx', name: 'Convert' }])], 0);
  await grantConsent(directory.db, 'fx@works.test');
});

let isOnline = false;
/** Changes what searches say of one agent. */
async function turn() {
  isOnline = !isOnline;
  await notePresence(directory.db, [{ jid: 'fx@works.test', resource: 'r', state: isOnline ? 'on' : 'off' }]);
}

describe.each(platforms)('on $name', ({ name, run }) => {
  let served: Served;
  beforeAll(async () => {
    served = await run(directory);
  });

  async function ask(path: string, headers: { [name: string]: string } = {}, init: RequestInit = {}) {
    const response = await fetch(`${served.url}${path}`, {
      ...init,
      headers: { 'accept-encoding': 'identity', ...headers },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  const header = async (name: string, ...asked: Parameters<typeof ask>) =>
    (await ask(...asked)).headers.get(name);
  const tagOf = async (path: string) => (await header('etag', path)) ?? '';

  describe('an answer', () => {
    test.each([
      ['/', 'no-cache'],
      ['/?q=bulk', 'no-cache'],
      ['/v1/listings', 'no-cache'],
      ['/v1/listings?q=convert&explain=true', 'no-cache'],
      ['/v1/facets?q=bulk', 'no-cache'],
      ['/v1/suggest?q=con', 'no-cache'],
      ['/ard/agents', 'no-cache'],
      [listingPath, 'no-cache'],
      [`/ard/agents/${id}`, 'no-cache'],
      ['/v1/agents/fx@works.test', 'no-cache'],
      [`/listings/${id}`, 'no-cache'],
      ['/agents/fx@works.test', 'no-cache'],
      ['/v1/stats', 'public, max-age=15'],
      ['/openapi.json', 'public, max-age=300'],
      ['/docs', 'public, max-age=300'],
      ['/problems', 'public, max-age=300'],
      ['/robots.txt', 'public, max-age=300'],
      ['/.well-known/ard.json', 'public, max-age=300'],
    ])('from %s has a strong tag, and is not sent again to who names it', async (path, cacheControl) => {
      const first = await ask(path);
      const tag = first.headers.get('etag') ?? '';
      expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{22}"$/)]);
      expect(first.headers.get('cache-control')).toBe(cacheControl);
      for (const named of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await ask(path, { 'if-none-match': named });
        expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
        expect(again.headers.get('cache-control')).toBe(cacheControl);
        expect(again.headers.get('vary')).toBe(first.headers.get('vary'));
        expect(again.headers.get('content-type')).toBe(null);
      }
      const other = await ask(path, { 'if-none-match': `"${'x'.repeat(22)}"` });
      expect([other.status, other.text]).toEqual([200, first.text]);
    });

    test('has another tag, and is sent, once what it says has changed', async () => {
      for (const path of [
        '/v1/listings?q=convert',
        '/?q=convert',
        '/ard/agents',
        listingPath,
        `/listings/${id}`,
      ]) {
        const tag = await tagOf(path);
        await turn();
        const after = await ask(path, { 'if-none-match': tag });
        expect([path, after.status, after.headers.get('etag') === tag]).toEqual([path, 200, false]);
      }
    });

    test('of one listing keeps its tag while others change, and loses it when time makes it stale', async () => {
      const tag = await tagOf(listingPath);
      await writeIndex(directory.db, [indexOf('n0@bulk.test', [{ node: 'n', name: 'Bulk anew' }])], 0);
      expect((await ask(listingPath, { 'if-none-match': tag })).status).toBe(304);
      await directory.db.execute(
        sql`update listing_status set verified = now() - interval '24 hours' + interval '300 ms' where id = ${id}`,
      );
      const young = await ask(listingPath);
      const search = await ask('/v1/listings?q=convert');
      expect(JSON.parse(young.text)).toMatchObject({ stale: false });
      await until('both tags name something else', async () => {
        const named = { 'if-none-match': young.headers.get('etag') ?? '' };
        const searched = { 'if-none-match': search.headers.get('etag') ?? '' };
        const [one, many] = [await ask(listingPath, named), await ask('/v1/listings?q=convert', searched)];
        return one.status === 200 && JSON.parse(one.text).stale && many.status === 200;
      });
      await directory.db.execute(sql`update listing_status set verified = now()`);
    });

    test('has a tag of its own for each address', async () => {
      const paths = [
        '/v1/listings',
        '/v1/listings?limit=5',
        '/v1/facets',
        '/',
        listingPath,
        `/listings/${id}`,
      ];
      expect(new Set(await Promise.all(paths.map(tagOf))).size).toBe(paths.length);
    });

    test('that refuses, or that nobody may keep, has no tag', async () => {
      const post = { method: 'POST', body: '{"q": "bulk"}' };
      const json = { 'content-type': 'application/json' };
      for (const [path, status, init] of [
        ['/v1/listings?limit=0', 400, {}],
        ['/?q=colour:red', 400, {}],
        ['/v1/listings/urn:air:none', 404, {}],
        ['/nowhere', 404, {}],
        ['/static/app.js', 404, {}],
        ['/v1/listings', 405, { method: 'PUT' }],
        ['/v1/listings/search', 200, post],
        ['/healthz', 200, {}],
      ] as const) {
        const answer = await ask(path, { ...json, 'if-none-match': '*' }, init);
        const { headers } = answer;
        expect([path, answer.status, headers.get('cache-control'), headers.get('etag')]).toEqual([
          path,
          status,
          'no-store',
          null,
        ]);
      }
    });

    test('to HEAD has the head of the answer to GET', async () => {
      for (const path of ['/v1/listings?q=bulk', listingPath, '/', '/openapi.json', '/healthz', '/nowhere']) {
        const [get, head] = [await ask(path), await ask(path, {}, { method: 'HEAD' })];
        const relevant = ({ headers }: typeof get) =>
          [...headers].filter(
            ([name]) =>
              !['date', 'x-request-id', 'content-length', 'connection', 'keep-alive'].includes(name),
          );
        expect([head.status, head.text, relevant(head)]).toEqual([get.status, '', relevant(get)]);
        const length = head.headers.get('content-length');
        // A body with the request id is as long whatever the id is.
        if (length !== null) expect([path, length]).toEqual([path, get.headers.get('content-length')]);
      }
    });

    test('says what browsers are to forbid, whatever else it says', async () => {
      const tag = await tagOf('/v1/listings');
      for (const answer of [
        await ask('/'),
        await ask('/nowhere'),
        await ask('/v1/listings', { 'if-none-match': tag }),
        await ask('/v1/listings', {}, { method: 'OPTIONS' }),
      ]) {
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      }
    });
  });

  describe('a page of another origin', () => {
    const origin = { origin: 'https://elsewhere.example' };
    const preflight = (path: string, method: string) =>
      ask(path, { ...origin, 'access-control-request-method': method }, { method: 'OPTIONS' });

    test('may read, refusals too, and sees the headers that matter', async () => {
      for (const path of ['/v1/listings', '/v1/listings?limit=0', '/openapi.json', '/nowhere']) {
        const { headers } = await ask(path, origin);
        expect([path, headers.get('access-control-allow-origin')]).toEqual([path, '*']);
        expect(headers.get('access-control-allow-credentials')).toBe(null);
        for (const exposed of ['ETag', 'Link', 'Retry-After', 'RateLimit', 'X-Request-Id'])
          expect(headers.get('access-control-expose-headers')?.split(', ')).toContain(exposed);
      }
      const searched = await ask(
        '/v1/listings/search',
        { ...origin, 'content-type': 'application/json' },
        { method: 'POST', body: '{"q": "bulk"}' },
      );
      expect(searched.headers.get('access-control-allow-origin')).toBe('*');
    });

    test('is told by a preflight what it may send', async () => {
      const search = await preflight('/v1/listings/search', 'POST');
      expect([search.status, search.text]).toEqual([204, '']);
      expect(Object.fromEntries(search.headers)).toMatchObject({
        allow: expect.stringContaining('POST'),
        'access-control-allow-origin': '*',
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-allow-headers': 'Content-Type, If-None-Match, Last-Event-ID, X-Request-Id',
        'access-control-max-age': '86400',
      });
      const read = await preflight(listingPath, 'GET');
      expect(read.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    });

    test('may not write', async () => {
      const asked = await preflight('/v1/agents', 'POST');
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, null]);
      const written = await ask(
        '/v1/agents',
        { ...origin, 'content-type': 'application/json' },
        { method: 'POST', body: '{}' },
      );
      expect([written.status, written.headers.get('access-control-allow-origin')]).toEqual([400, null]);
    });

    test('that only asks what there is hears the methods', async () => {
      const plain = await ask('/v1/listings', {}, { method: 'OPTIONS' });
      expect([plain.status, plain.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
      expect(plain.headers.get('access-control-allow-methods')).toBe(null);
      expect((await ask('/nowhere', {}, { method: 'OPTIONS' })).status).toBe(404);
    });
  });

  test('a request is logged by its route and id, without what was asked and who asked', async () => {
    const asked = { 'x-request-id': `seen-on-${name}`, authorization: 'Bearer secret' };
    const answer = await ask(`/v1/agents/fx@works.test?token=secret`, asked);
    expect(answer.headers.get('x-request-id')).toBe(`seen-on-${name}`);
    const line = await until('the line is written', async () =>
      served
        .said()
        .split('\n')
        .find((line) => line.includes(`seen-on-${name}`)),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      event: 'answered',
      requestId: `seen-on-${name}`,
      method: 'GET',
      route: '/v1/agents/:jid',
      status: 200,
      ms: expect.any(Number),
      bytes: answer.text.length,
    });
    expect(line).not.toMatch(/secret|fx@|127\.0\.0\.1/);
  });

  test('who asks too much is told when to come again, and health is answered still', async () => {
    const limited = await run({ databaseUrl: directory.databaseUrl, readsPerMinute: 5 });
    const answers = [];
    for (let at = 0; at < 6; at++) answers.push(await fetch(`${limited.url}/v1/suggest?q=a`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toBe('"reads";q=5;w=60');
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
    const refused = answers.at(-1) as Response;
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests', status: 429 });
    expect(refused.headers.get('ratelimit')).toMatch(/^"reads";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    // The platform tells only whether it is enough.
    expect(answers[0]?.headers.get('ratelimit') ?? null).toBe(name === 'Node' ? '"reads";r=4;t=12' : null);
    expect((await fetch(`${limited.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${limited.url}/readyz`)).status).toBe(503);
  });
});
