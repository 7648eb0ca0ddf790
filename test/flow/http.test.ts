import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { beat } from '../../db/heartbeat.ts';
import { writeIndex } from '../../db/write-index.ts';
import { answerOf, post } from '../support/answers.ts';
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

  const get = (path: string, init?: RequestInit) => answerOf(`${functions.url}${path}`, init);

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

    test('lists providers by their addresses, in pages, and those of one domain', async () => {
      const all: string[] = [];
      for (let path: string | null = '/v1/agents?limit=13'; path; ) {
        const { status, json, headers } = await get(path);
        expect(status).toBe(200);
        all.push(...json.items.map(({ jid }: { jid: string }) => jid));
        path = json.cursor && `/v1/agents?limit=13&cursor=${json.cursor}`;
        expect(headers.get('link') !== null).toBe(json.cursor !== null);
      }
      expect(all).toEqual([...new Set(all)].sort());
      expect(all).toContain('fx@works.test');
      const { json } = await get('/v1/agents?domain=Works.Test');
      expect(json.items.every(({ domain }: { domain: string }) => domain === 'works.test')).toBe(true);
      expect(json.items.find(({ jid }: { jid: string }) => jid === 'fx@works.test')).toMatchObject({
        listings: 1,
        availability: null,
      });
      for (const query of ['domain=a@b', 'domain=', 'limit=0', 'cursor=x']) {
        expect((await get(`/v1/agents?${query}`)).status, query).toBe(400);
      }
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
        '/v1/agents/{jid}/ratings',
        '/v1/changes',
        '/v1/contracts',
        '/v1/contracts/{id}',
        '/v1/contracts/{id}/rating',
        '/v1/contracts/{id}/rating/reply',
        '/v1/contracts/{id}/{move}',
        '/v1/events',
        '/v1/facets',
        '/v1/listings',
        '/v1/listings/match',
        '/v1/listings/search',
        '/v1/listings/{id}',
        '/v1/listings/{id}/ratings',
        '/v1/requests',
        '/v1/requests/{id}',
        '/v1/requests/{id}/award',
        '/v1/requests/{id}/cancel',
        '/v1/requests/{id}/proposals',
        '/v1/stats',
        '/v1/suggest',
        '/v1/tokens',
        '/v1/tokens/challenges',
        '/v1/tokens/challenges/{id}',
        '/v1/tokens/{id}',
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
});
