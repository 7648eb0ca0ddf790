import { request } from 'node:http';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { beat } from '../../db/heartbeat.ts';
import { writeIndex } from '../../db/write-index.ts';
import { expectArd } from '../support/ard.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';

let directory: TestDirectory;

beforeAll(async () => {
  directory = await createDirectory();
  await writeIndex(
    directory.db,
    [
      indexOf('fx@works.test', [{ node: 'fx', name: 'Convert currency', tags: ['finance'] }]),
      ...Array.from({ length: 30 }, (_, at) => indexOf(`n${at}@bulk.test`, [{ node: 'n', name: 'Bulk' }])),
      indexOf('evil@works.test', [
        {
          node: 'x',
          name: '<script>alert(1)</script>',
          description: '"><img src=x onerror=alert(1)>',
          tags: ['"><b>'],
        },
      ]),
    ],
    0,
  );
});

const id = listingOf('fx@works.test', { node: 'fx' }).id;

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  beforeAll(async () => {
    functions = await run(directory);
  });

  async function get(path: string, init: RequestInit = {}) {
    const response = await fetch(`${functions.url}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = text !== '' && response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  }

  describe('a request that cannot be answered gets a problem that says what was expected:', () => {
    test.each<[string, RequestInit, number, string, string]>([
      ['/v1/listings?limit=0', {}, 400, 'invalid-parameter', 'limit: expected a whole number from 1 to 100'],
      [
        '/v1/listings?limit=1e9',
        {},
        400,
        'invalid-parameter',
        'limit: expected a whole number from 1 to 100',
      ],
      ['/v1/listings?limit=-1', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?limit=101', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?limit=NaN', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?cursor=forged', {}, 400, 'invalid-cursor', 'expected the cursor of its last page'],
      ['/v1/listings?cursor=WzEsMiwzXQ', {}, 400, 'invalid-cursor', 'expected the cursor of its last page'],
      ['/v1/listings?q=colour:red', {}, 400, 'invalid-query', "Character 1: 'colour:' is no qualifier"],
      ['/v1/listings?q=%22open', {}, 400, 'invalid-query', 'expected another'],
      [`/v1/listings?q=${'x'.repeat(10_000)}`, {}, 414, 'uri-too-long', 'expected fewer'],
      [`/v1/listings?q=${'x'.repeat(5_000)}`, {}, 400, 'invalid-query', 'at most 2000 are read'],
      ['/v1/listings/urn:air:nothing', {}, 404, 'listing-not-found', 'expected one as search gives it'],
      ['/v1/listings/%00', {}, 404, 'listing-not-found', 'expected one as search gives it'],
      ['/v1/agents/foo%40', {}, 400, 'invalid-parameter', 'expected one such as'],
      ['/v1/agents/nobody@works.test', {}, 404, 'agent-not-found', 'Nothing is listed'],
      ['/v2/anything', {}, 404, 'route-not-found', '/openapi.json lists what is'],
      ['/v1/listings', { method: 'DELETE' }, 405, 'method-not-allowed', 'expected GET or HEAD'],
      [
        `/v1/listings/${id}`,
        { method: 'PUT', body: '{}' },
        405,
        'method-not-allowed',
        'expected GET or HEAD',
      ],
      ['/v1/listings/search', post('not json'), 400, 'invalid-body', 'expected a JSON object'],
      ['/v1/listings/search', post('[]'), 400, 'invalid-body', 'expected object'],
      ['/v1/listings/search', post('{"q": 1}'), 400, 'invalid-query', 'expected a text'],
      [
        '/v1/listings/search',
        post('{"limit": 1e9}'),
        400,
        'invalid-body',
        'limit: expected a whole number from 1 to 100',
      ],
      ['/v1/listings/search', post('{"filters": {"colour": "red"}}'), 400, 'invalid-query', 'colour'],
      [
        '/v1/listings/search',
        post('{"sort": "luck"}'),
        400,
        'invalid-parameter',
        'expected one of relevance',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": {}}'),
        400,
        'invalid-body',
        'expected an object of 1 to 12 named values',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": {"a": {"deep": 1}}}'),
        400,
        'invalid-body',
        'inputs/a: expected a text',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": [1]}'),
        400,
        'invalid-body',
        'expected an object of 1 to 12 named values',
      ],
      ['/v1/listings?explain=maybe', {}, 400, 'invalid-parameter', 'explain: expected true or false'],
      ['/v1/listings?q=near:91,0,5', {}, 400, 'invalid-query', 'Character 6'],
      ['/v1/listings?q=price:%3C=2', {}, 400, 'invalid-query', 'currency'],
      ['/v1/facets?q=colour:red', {}, 400, 'invalid-query', 'colour'],
      ['/v1/listings/search', post('{"surprise": true}'), 400, 'invalid-body', 'surprise'],
      [
        '/v1/listings/search',
        post(JSON.stringify({ q: 'x'.repeat(100_000) })),
        413,
        'body-too-large',
        'at most',
      ],
    ])('%.60s', async (path, init, status, code, detail) => {
      const answer = await get(path, init);
      expect(answer.json).toMatchObject({ status, code, detail: expect.stringContaining(detail) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
      // The type is the address of a page that exists.
      expect((await fetch(answer.json.type)).status).toBe(200);
    });

    test('the methods that an address takes are named', async () => {
      expect((await get('/v1/listings', { method: 'PATCH' })).headers.get('allow')).toBe(
        'GET, HEAD, OPTIONS',
      );
      expect((await get('/v1/listings/search', { method: 'DELETE' })).headers.get('allow')).toContain('POST');
    });

    test('a body that is not announced as JSON is refused', async () => {
      const answer = await get('/v1/listings/search', {
        method: 'POST',
        body: 'q=x',
        headers: { 'content-type': 'text/plain' },
      });
      expect([answer.status, answer.json?.code]).toEqual([400, 'invalid-body']);
    });

    test('a body that hides its length is still bounded', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${functions.url}/v1/listings/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
        });
        sent.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ q: 'x'.repeat(200_000) }));
      });
      expect(status).toBe(413);
    });
  });

  describe('the directory', () => {
    test('answers a search with typed listings and a link to the next page', async () => {
      const first = await get('/v1/listings?q=bulk&limit=20');
      expect([first.status, first.json.items.length, first.json.approximate]).toEqual([200, 20, false]);
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
      const second = (await (await fetch(next)).json()) as { items: { id: string }[]; cursor: string | null };
      expect([second.items.length, second.cursor]).toEqual([10, null]);
      const ids = [...first.json.items, ...second.items].map((item: { id: string }) => item.id);
      expect(new Set(ids).size).toBe(30);
    });

    test('answers the same to a JSON query', async () => {
      const byGet = await get('/v1/listings?q=currency');
      const byPost = await get('/v1/listings/search', post(JSON.stringify({ q: 'currency' })));
      expect(byPost.json).toEqual(byGet.json);
      expect(byGet.json.items[0]).toMatchObject({
        id,
        name: 'Convert currency',
        provider: { jid: 'fx@works.test' },
      });
    });

    test('answers the same as a registry of ARD', async () => {
      const found = await get(
        '/ard/search',
        post(JSON.stringify({ query: { text: 'find a currency agent' } })),
      );
      expectArd('SearchResponse', found.json);
      expect(found.json.results).toMatchObject([
        { identifier: id, url: `${functions.url}/v1/listings/${id}` },
      ]);
      const refused = await get('/ard/search', post('{"query": {"text": "x"}, "federation": 1}'));
      expectArd('Error', refused.json);
      expect(refused.status).toBe(400);
      expectArd('Catalog', (await get('/.well-known/ai-catalog.json')).json);
    });

    test('gives every change with its listing, in pages', async () => {
      const first = await get('/v1/changes?include=listing&limit=20');
      const rest = await get(`/v1/changes?include=listing&cursor=${first.json.cursor}`);
      expect([first.json.items.length, rest.json.items.length, rest.json.cursor]).toEqual([20, 12, null]);
      const items = [...first.json.items, ...rest.json.items];
      expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
      const shown = (await get(`/v1/listings/${id}`)).json;
      expect(items.find((item) => item.id === id)).toMatchObject({ op: 'put', listing: shown });
    });

    test('shows a listing and an agent, whatever the case of the address', async () => {
      expect((await get(`/v1/listings/${encodeURIComponent(id)}`)).json).toMatchObject({
        id,
        availability: null,
        rating: null,
      });
      expect((await get('/v1/agents/FX%40Works.Test%2Fdesk')).json).toMatchObject({
        jid: 'fx@works.test',
        listings: [{ id }],
      });
    });

    test('describes itself: every route that it serves is in its document', async () => {
      const { json } = await get('/openapi.json');
      expect(json.openapi).toBe('3.1.0');
      expect(Object.keys(json.paths).sort()).toEqual([
        '/.well-known/ai-catalog.json',
        '/.well-known/ard.json',
        '/ard/agents',
        '/ard/agents/{identifier}',
        '/ard/explore',
        '/ard/search',
        '/healthz',
        '/llms.txt',
        '/openapi.json',
        '/readyz',
        '/robots.txt',
        '/v1/agents',
        '/v1/agents/{jid}',
        '/v1/changes',
        '/v1/events',
        '/v1/facets',
        '/v1/listings',
        '/v1/listings/match',
        '/v1/listings/search',
        '/v1/listings/{id}',
        '/v1/stats',
        '/v1/suggest',
      ]);
      expect((await get('/docs')).text.replaceAll('<wbr>', '')).toContain('/v1/listings/{id}');
    });

    test('is ready while its worker gives signs of life', async () => {
      expect((await get('/healthz')).json).toEqual({ ok: true });
      await directory.db.execute(sql`delete from heartbeat`);
      expect((await get('/readyz')).status).toBe(503);
      await beat(directory.db, 'w', true);
      expect(await get('/readyz')).toMatchObject({
        status: 200,
        json: { ready: true, database: true, worker: { online: true } },
      });
    });

    test('answers HEAD like GET without a body', async () => {
      const answer = await get(`/v1/listings/${id}`, { method: 'HEAD' });
      expect([answer.status, answer.text]).toEqual([200, '']);
    });
  });

  describe('a page', () => {
    test('finds and shows a listing, with the strangers text escaped', async () => {
      const home = await get('/?q=currency');
      expect(home.headers.get('content-type')).toContain('text/html');
      expect(home.text).toContain('Convert currency');
      const evil = await get('/?q=domain:works.test');
      expect(evil.text).not.toContain('<script>alert');
      expect(evil.text).not.toContain('<img src=x');
      expect(evil.text).toContain('&lt;script&gt;');
    });

    test('may run and load nothing that is not its own', async () => {
      const policy = (await get('/')).headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
    });

    test('says in the search box what was wrong with a query', async () => {
      const answer = await get('/?q=colour:red');
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('is no qualifier');
    });
  });

  test('our own fault answers with a fixed text and the request id; nothing of the inside leaks', async () => {
    const databaseUrl = directory.edgeUrl.replace(/\/[^/]*$/, '/no_such_database');
    const broken = await run({ databaseUrl });
    const response = await fetch(`${broken.url}/v1/listings?q=x`);
    const body = (await response.json()) as { requestId: string };
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([response.status, body]).toEqual([
      500,
      expect.objectContaining({
        code: 'internal',
        detail: `The directory failed. The request id is ${body.requestId}.`,
      }),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/no_such_database|select|postgres/i);
    expect((await fetch(`${broken.url}/readyz`)).status).toBe(503);
  });
});

function post(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } };
}
