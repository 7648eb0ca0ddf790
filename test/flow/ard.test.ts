import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp, httpLimits } from '../../functions/app.ts';
import { cardTypes, LISTING_TYPE, REGISTRY_TYPE } from '../../market/ard/media-types.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from '../support/afterwards.ts';
import { expectArd } from '../support/ard.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';

const origin = 'https://guildhall.example';
const [cardType] = cardTypes;
const referral = {
  identifier: 'urn:air:registry.example:registry:public',
  displayName: 'Another registry',
  type: REGISTRY_TYPE,
  url: 'https://registry.example/search',
};
const hostile = `<script>alert(1)</script>"><img src=x onerror='alert(1)'> \u202e '); drop table listing;--`;
const bulk = 25;

let db: Database;
let app: ReturnType<typeof createApp>;
let referring: ReturnType<typeof createApp>;

beforeAll(async () => {
  const { url } = await freshDatabase();
  const connection = connectWorker(url, () => undefined);
  db = connection.db;
  afterwards(connection.end);
  const options = {
    deps: { db, policy: parsePolicy('', null) },
    onError: (error: Error) => {
      throw error;
    },
  };
  app = createApp(options);
  referring = createApp({ ...options, referrals: [referral] });
  await writeIndex(
    db,
    [
      indexOf('fx@works.test', [
        {
          node: 'fx',
          name: 'Convert currency',
          description: 'Converts an amount by the daily rates.',
          tags: ['Finance', 'currency'],
          category: 'finance',
          lang: ['en', 'de'],
          features: ['urn:xmpp:ping'],
          queries: [
            'How many yen are ten euros?',
            'Convert 5 dollars',
            'Convert 5 dollars',
            'c',
            'd',
            'e',
            'f',
          ],
          price: { amount: '0.02', currency: 'EUR', unit: 'call' },
        },
      ]),
      indexOf('units@works.test', [
        { node: 'u', name: 'Convert units', tags: ['measure'], queries: ['only one sample request'] },
      ]),
      indexOf('rates@sub.works.test', [
        { node: 'r', name: 'Currency rates', tags: ['finance'], kind: 'tool' },
      ]),
      indexOf('carded@cards.test', [
        card('a', 'Carded planner', 'https://cards.test/a.json', cardType),
        card('b', 'Carded broker', 'https://cards.test/b.json', cardTypes[2]),
        card('c', 'Carded catalogue', 'https://cards.test/c.json', 'application/ai-catalog+json'),
        card('d', 'Carded letters', 'mailto:cards@cards.test', cardType),
      ]),
      indexOf('bücher@bücher.test', [{ node: 'Größe 値段', name: 'Bücher finden', lang: ['de'] }]),
      indexOf('evil@evil.test', [
        {
          node: hostile,
          name: hostile,
          description: hostile,
          tags: [hostile],
          features: [hostile],
          queries: [hostile, `${hostile}2`],
          category: hostile,
        },
      ]),
      ...Array.from({ length: bulk }, (_, at) =>
        indexOf(`n${at}@bulk.test`, [
          { node: 'n', name: `Bulk ${String(at).padStart(2, '0')}`, tags: ['bulk'] },
        ]),
      ),
    ],
    0,
  );
});

function card(node: string, name: string, link: string, linkType: string) {
  return { node, name, kind: 'published' as const, link, linkType, call: null };
}

const fx = listingOf('fx@works.test', { node: 'fx' }).id;

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
type Answer = { status: number; json: any; text: string };

async function ask(path: string, body?: unknown, of = app): Promise<Answer> {
  const init =
    body === undefined
      ? {}
      : {
          method: 'POST',
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        };
  const response = await of.request(`${origin}${path}`, init);
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) };
}

type Entry = { identifier: string; displayName: string; type: string };
const names = (entries: Entry[]) => entries.map(({ displayName }) => displayName).sort();

async function search(query: object, more: object = {}): Promise<Answer> {
  expectArd('SearchRequest', { query, ...more });
  const answer = await ask('/ard/search', { query, ...more });
  expectArd(answer.status === 200 ? 'SearchResponse' : 'Error', answer.json);
  return answer;
}

async function explore(facets: object[], query?: object): Promise<Answer> {
  const request = { ...(query && { query }), resultType: { facets } };
  expectArd('ExploreRequest', request);
  const answer = await ask('/ard/explore', request);
  expectArd(answer.status === 200 ? 'ExploreResponse' : 'Error', answer.json);
  return answer;
}

async function list(parameters: { [name: string]: string }): Promise<Answer> {
  const answer = await ask(`/ard/agents?${new URLSearchParams(parameters)}`);
  expectArd(answer.status === 200 ? 'ListResponse' : 'Error', answer.json);
  return answer;
}

describe('search', () => {
  test('answers a need in words with entries that the specification takes', async () => {
    const { status, json } = await search({ text: 'find me an agent to convert currency' });
    expect(status).toBe(200);
    expect(json.results[0]).toEqual({
      identifier: fx,
      displayName: 'Convert currency',
      type: LISTING_TYPE,
      url: `${origin}/v1/listings/${fx}`,
      description: 'Converts an amount by the daily rates.',
      tags: ['Finance', 'currency'],
      capabilities: ['urn:xmpp:ping'],
      representativeQueries: ['How many yen are ten euros?', 'Convert 5 dollars', 'c', 'd', 'e'],
      updatedAt: expect.any(String),
      metadata: {
        kind: 'command',
        agent: 'fx@works.test',
        category: 'finance',
        lang: 'en,de',
        price: '0.02',
        currency: 'EUR',
        priceUnit: 'call',
        stale: false,
      },
      score: expect.any(Number),
      source: `${origin}/ard/`,
    });
    // Those that have one of the words follow.
    expect(json.results.map(({ displayName }: Entry) => displayName)).toContain('Convert units');
    expect(json.results[0].score).toBeGreaterThan(json.results[1].score);
    expect(json).not.toHaveProperty('pageToken');
    const whole = await ask(new URL(json.results[0].url).pathname);
    expect(whole.json).toMatchObject({ id: fx, name: 'Convert currency' });
  });

  test('finds what the same words find in /v1, in the same order', async () => {
    const { json } = await search({ text: 'currency' });
    const { json: plain } = await ask('/v1/listings?q=currency');
    expect(json.results.map(({ identifier }: Entry) => identifier)).toEqual(
      plain.items.map(({ id }: { id: string }) => id),
    );
    expect(json.results).toHaveLength(2);
  });

  test('leaves out representative queries where there is but one', async () => {
    const { json } = await search({ text: 'units' });
    expect(json.results[0].displayName).toBe('Convert units');
    expect(json.results[0]).not.toHaveProperty('representativeQueries');
  });

  test('scores what has no words at 0, and takes a blank text', async () => {
    const { json } = await search({ text: '', filter: { tags: ['measure'] } });
    expect(json.results).toMatchObject([{ displayName: 'Convert units', score: 0 }]);
  });

  test.each<[object, string[]]>([
    [{ tags: ['finance', 'measure'] }, ['Convert currency', 'Convert units', 'Currency rates']],
    [{ tags: ['finance'], publisher: 'works.test' }, ['Convert currency']],
    [{ publisher: ['sub.works.test', 'xn--bcher-kva.test'] }, ['Bücher finden', 'Currency rates']],
    [{ publisher: 'BÜCHER.test' }, ['Bücher finden']],
    [{ capabilities: ['urn:xmpp:ping'] }, ['Convert currency']],
    [{ type: [LISTING_TYPE, 'text/html'], 'metadata.kind': 'tool' }, ['Currency rates']],
    [{ 'metadata.lang': 'de' }, ['Bücher finden', 'Convert currency']],
    [{ 'metadata.price': '<=1', 'metadata.currency': 'EUR' }, ['Convert currency']],
    [{ 'metadata.category': ['finance', 'x'] }, ['Convert currency']],
    [{ type: 'text/html' }, []],
    [{ type: [cardType] }, ['Carded planner']],
    [{ type: [...cardTypes] }, ['Carded broker', 'Carded planner']],
    [{ publisher: 'nobody.test' }, []],
  ])('filters by %j', async (filter, expected) => {
    const { json } = await search({ text: '', filter }, { pageSize: 100 });
    expect(names(json.results)).toEqual(expected);
  });

  test("gives an agent's own card beside the listing, where it is one", async () => {
    const { json } = await search({ text: 'carded' });
    const of = (name: string) =>
      json.results
        .filter(({ displayName }: Entry) => displayName === name)
        .map(({ type, url }: Entry & { url: string }) => [type, url]);
    expect(json.results).toHaveLength(6);
    expect(of('Carded planner')).toEqual([
      [LISTING_TYPE, expect.stringContaining('/v1/listings/')],
      [cardType, 'https://cards.test/a.json'],
    ]);
    expect(of('Carded catalogue')).toHaveLength(1);
    expect(of('Carded letters')).toHaveLength(1);
    const identifiers = json.results.map(({ identifier }: Entry) => identifier);
    expect(new Set(identifiers).size).toBe(6);
    for (const identifier of identifiers) expect((await show(identifier)).json.identifier).toBe(identifier);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'pages by %i lose and repeat nothing, and are never too long',
    async (pageSize) => {
      const whole = await search({ text: 'carded' }, { pageSize: 100 });
      const seen: string[] = [];
      for (let pageToken: string | undefined, round = 0; round < 10; round++) {
        const { json } = await search({ text: 'carded' }, { pageSize, ...(pageToken && { pageToken }) });
        expect(json.results.length).toBeLessThanOrEqual(pageSize);
        seen.push(...json.results.map(({ identifier }: Entry) => identifier));
        pageToken = json.pageToken;
        if (!pageToken) break;
      }
      expect(seen).toEqual(whole.json.results.map(({ identifier }: Entry) => identifier));
    },
  );

  test('has ten results to a page where nothing else is asked', async () => {
    const { json } = await search({ text: 'bulk' });
    expect([json.results.length, typeof json.pageToken]).toEqual([10, 'string']);
  });

  test.each([
    [undefined, true],
    ['auto', true],
    ['referrals', true],
    ['none', false],
  ])(
    'with federation %s refers to the registries that the operator names: %s',
    async (federation, refers) => {
      const body = { query: { text: 'currency' }, ...(federation && { federation }) };
      const { json } = await ask('/ard/search', body, referring);
      expectArd('SearchResponse', json);
      expect(json.results).toHaveLength(2);
      expect(json.referrals).toEqual(refers ? [referral] : undefined);
      expect(
        (await search({ text: 'currency' }, federation ? { federation } : {})).json.referrals,
      ).toBeUndefined();
    },
  );
});

describe('explore', () => {
  test('counts what search finds, for every field that it names', async () => {
    const { status, json } = await explore([
      { field: 'type' },
      { field: 'publisher', limit: 50 },
      { field: 'tags', limit: 1 },
      { field: 'metadata.kind' },
      { field: 'metadata.category', minCount: 2 },
      { field: 'metadata.lang' },
      { field: 'metadata.accepts' },
    ]);
    expect(status).toBe(200);
    expect(json.facets.type).toEqual({
      buckets: [
        { value: LISTING_TYPE, count: 9 + bulk },
        { value: cardType, count: 1 },
        { value: cardTypes[2], count: 1 },
      ],
      otherCount: 0,
    });
    expect(json.facets.publisher.buckets).toContainEqual({ value: 'xn--bcher-kva.test', count: 1 });
    expect(json.facets.publisher.buckets).toContainEqual({ value: 'works.test', count: 2 });
    expect(json.facets.tags).toMatchObject({ buckets: [{ value: 'bulk', count: bulk }], otherCount: 5 });
    expect(json.facets['metadata.kind'].buckets).toContainEqual({ value: 'tool', count: 1 });
    expect(json.facets['metadata.category'].buckets).toEqual([]);
    expect(json.facets['metadata.lang'].buckets).toContainEqual({ value: 'de', count: 2 });
  });

  test('is narrowed by text and filter as search is', async () => {
    const query = { text: 'which agents are there for currency', filter: { tags: 'finance' } };
    const [{ json }, found] = [
      await explore([{ field: 'type' }, { field: 'publisher' }], query),
      await search(query),
    ];
    expect(json.facets.type.buckets).toEqual([{ value: LISTING_TYPE, count: found.json.results.length }]);
    expect(json.facets.publisher.buckets.map(({ value }: { value: string }) => value)).toEqual([
      'sub.works.test',
      'works.test',
    ]);
    const cards = await explore([{ field: 'type' }, { field: 'publisher' }], {
      filter: { type: [cardType] },
    });
    expect(cards.json.facets).toMatchObject({
      type: { buckets: [{ value: cardType, count: 1 }] },
      publisher: { buckets: [{ value: 'cards.test', count: 1 }] },
    });
    const none = await explore([{ field: 'type' }], { filter: { type: ['text/html'] } });
    expect(none.json.facets.type).toEqual({ buckets: [], otherCount: 0 });
  });
});

describe('the list', () => {
  test('walks all entries by name, each once', async () => {
    const seen: Entry[] = [];
    for (let pageToken: string | undefined, round = 0; round < 20; round++) {
      const { json } = await list({ pageSize: '7', ...(pageToken && { pageToken }) });
      expect(json.items.length).toBeLessThanOrEqual(7);
      seen.push(...json.items);
      pageToken = json.pageToken;
      if (!pageToken) break;
    }
    expect(new Set(seen.map(({ identifier }) => identifier)).size).toBe(seen.length);
    expect(seen).toHaveLength(11 + bulk);
    const shown = seen.map(({ displayName }) => displayName);
    expect(shown.indexOf('Bulk 03')).toBeLessThan(shown.indexOf('Convert currency'));
  });

  test.each<[string, string[]]>([
    ["displayName = 'CONVERT currency'", ['Convert currency']],
    ["displayName = 'Convert currency','bücher FINDEN'", ['Bücher finden', 'Convert currency']],
    ["displayName = 'Convert'", []],
    [`type = '${cardTypes.join(',')}'`, ['Carded broker', 'Carded planner']],
    ["publisherId = 'works.test, sub.works.test'", ['Convert currency', 'Convert units', 'Currency rates']],
    ["publisherId = works.test AND tags = 'finance'", ['Convert currency']],
    [
      `publisherId = cards.test AND type = '${LISTING_TYPE}' AND displayName = 'carded broker'`,
      ['Carded broker'],
    ],
    ["createdAfter > '2026-01-01' AND publisherId = 'sub.works.test'", ['Currency rates']],
    ["createdAfter > '2099-01-01'", []],
    ["updatedAfter >= '2026-01-01T00:00:00+02:00' AND metadata.kind = tool", ['Currency rates']],
    ["updatedAfter = '2099-01-01T00:00:00Z'", []],
    ["type = 'text/html'", []],
  ])('filtered by %s', async (filter, expected) => {
    const { status, json } = await list({ filter, orderBy: 'displayName' });
    expect([status, names(json.items ?? [])]).toEqual([200, expected]);
  });

  test('of what was first seen since goes on over what was seen before', async () => {
    await db.execute(
      sql`update listing set first_seen = '2020-05-01T00:00:00Z' where name < 'Bulk 20' and name like 'Bulk%'`,
    );
    const filter = "tags = 'bulk' AND createdAfter > '2020-05-01T00:00:00Z'";
    const seen: Entry[] = [];
    for (let pageToken: string | undefined, round = 0; round < 20; round++) {
      const { json } = await list({ filter, pageSize: '2', ...(pageToken && { pageToken }) });
      expect(json.items.length).toBeLessThanOrEqual(2);
      seen.push(...json.items);
      pageToken = json.pageToken;
      if (!pageToken) break;
    }
    expect(names(seen)).toEqual(['Bulk 20', 'Bulk 21', 'Bulk 22', 'Bulk 23', 'Bulk 24']);
    const since = await list({
      filter: "createdAfter >= '2020-05-01T00:00:00Z' AND tags = bulk",
      pageSize: '100',
    });
    expect(since.json.items).toHaveLength(bulk);
  });

  test('by the time of change has what changed last first', async () => {
    const { json } = await list({ orderBy: 'updatedAt DESC', pageSize: '100' });
    const times = json.items.map(({ updatedAt }: { updatedAt: string }) => updatedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(times.length).toBe(11 + bulk);
  });
});

function show(identifier: string): Promise<Answer> {
  return ask(`/ard/agents/${encodeURIComponent(identifier)}`);
}

describe('one entry', () => {
  test('is given by its identifier', async () => {
    const { status, json } = await show(fx);
    expect(status).toBe(200);
    expectArd('CatalogEntry', json);
    expect(json).toMatchObject({ identifier: fx, displayName: 'Convert currency' });
  });

  test('of a provider whose names are not ASCII has an identifier that is', async () => {
    const { json } = await search({ text: 'Bücher' });
    const [{ identifier }] = json.results;
    expect(identifier).toMatch(/^urn:air:xn--bcher-kva\.test:u\.b_C3_BCcher:/);
    expectArd('CatalogEntry', (await show(identifier)).json);
  });

  test.each([
    `${fx}:card`,
    'urn:air:nobody.test:x',
    'urn:air:bücher.test:x',
    '値段',
    `${fx}\0`,
    '..',
    'x'.repeat(5000),
  ])('named %.40s is none', async (identifier) => {
    const { status, json } = await show(identifier);
    expectArd('Error', json);
    expect([status, json.errorCode]).toEqual([404, 'NOT_FOUND']);
  });

  test('is none of any made-up name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (name) => {
        const path = `/ard/agents/x${encodeURIComponent(name.toWellFormed())}`;
        expect((await ask(path)).status).toBe(404);
      }),
      { numRuns: 50 },
    );
  });
});

test("strangers' words come out as they are, in JSON alone", async () => {
  const found = await search({ text: hostile });
  expect(found.status).toBe(200);
  const { json, text } = await search({ text: '', filter: { publisher: 'evil.test' } });
  expect(json.results).toMatchObject([{ displayName: hostile, description: hostile, tags: [hostile] }]);
  expect(JSON.parse(text)).toEqual(json);
  const { headers } = await app.request(`${origin}/ard/agents?filter=publisherId=evil.test`);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const { json: counted } = await explore([{ field: 'metadata.category' }]);
  expect(counted.facets['metadata.category'].buckets.length).toBe(2);
});

describe('a refusal has the shape of the standard:', () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  test.each<[string, unknown, number, string, string]>([
    ['/ard/search', {}, 400, 'INVALID_ARGUMENT', 'query'],
    ['/ard/search', { query: {} }, 400, 'INVALID_ARGUMENT', 'query/text: expected what is needed'],
    ['/ard/search', { query: { text: 7 } }, 400, 'INVALID_ARGUMENT', 'expected what is needed'],
    ['/ard/search', { query: 'x' }, 400, 'INVALID_ARGUMENT', 'expected object'],
    ['/ard/search', { query: { text: 'x', sort: 'y' } }, 400, 'INVALID_ARGUMENT', 'sort'],
    ['/ard/search', { query: { text: 'x' }, limit: 5 }, 400, 'INVALID_ARGUMENT', 'limit'],
    [
      '/ard/search',
      { query: { text: 'x', filter: { colour: 'x' } } },
      400,
      'INVALID_ARGUMENT',
      'no path of a filter',
    ],
    [
      '/ard/search',
      { query: { text: 'x' }, federation: 'all' },
      400,
      'INVALID_ARGUMENT',
      'expected one of auto',
    ],
    ['/ard/search', { query: { text: 'x' }, pageSize: 0 }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageSize: 101 }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageSize: '5' }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageToken: 'forged' }, 400, 'INVALID_ARGUMENT', 'cursor'],
    ['/ard/search', { query: { text: 'x' }, pageToken: '~~1' }, 400, 'INVALID_ARGUMENT', 'cursor'],
    [
      '/ard/search',
      { query: { text: 'x', filter: { type: 'y' } }, pageToken: 'x' },
      400,
      'INVALID_ARGUMENT',
      'token',
    ],
    ['/ard/search', 'not json', 400, 'INVALID_ARGUMENT', 'not JSON'],
    ['/ard/search', '[]', 400, 'INVALID_ARGUMENT', 'object'],
    ['/ard/search', deep, 400, 'INVALID_ARGUMENT', 'object'],
    ['/ard/search', `{"query":{"text":"x","filter":${deep}}}`, 400, 'INVALID_ARGUMENT', 'expected an object'],
    [
      '/ard/search',
      `{"query":{"text":"x","filter":{"tags":${deep}}}}`,
      400,
      'INVALID_ARGUMENT',
      'expected a text',
    ],
    ['/ard/search', { query: { text: 'x'.repeat(3000) } }, 400, 'INVALID_ARGUMENT', 'at most 2000'],
    ['/ard/search', { query: { text: 'x'.repeat(70_000) } }, 413, 'INVALID_ARGUMENT', 'at most that many'],
    ['/ard/explore', {}, 400, 'INVALID_ARGUMENT', 'resultType'],
    ['/ard/explore', { resultType: { counts: [] } }, 400, 'INVALID_ARGUMENT', 'counts'],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: 'colour' }] } },
      400,
      'INVALID_ARGUMENT',
      'is not counted',
    ],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: '__proto__' }] } },
      400,
      'INVALID_ARGUMENT',
      'is not counted',
    ],
    ['/ard/explore', { resultType: { facets: [] } }, 400, 'INVALID_ARGUMENT', 'facets'],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: 'type', limit: 0 }] } },
      400,
      'INVALID_ARGUMENT',
      'limit',
    ],
    [
      `/ard/agents?filter=${encodeURIComponent("type != 'x'")}`,
      undefined,
      400,
      'INVALID_ARGUMENT',
      'Character 5',
    ],
    ['/ard/agents?orderBy=luck', undefined, 400, 'INVALID_ARGUMENT', 'expected displayName'],
    ['/ard/agents?pageSize=many', undefined, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/agents?pageToken=forged', undefined, 400, 'INVALID_ARGUMENT', 'cursor'],
    [
      `/ard/agents?filter=${'x'.repeat(httpLimits.urlCharsMax)}`,
      undefined,
      414,
      'INVALID_ARGUMENT',
      'characters',
    ],
    ['/ard/agents/nothing', undefined, 404, 'NOT_FOUND', 'No listing'],
    ['/ard/nothing', undefined, 404, 'NOT_FOUND', 'Nothing is served here'],
    ['/ard', undefined, 404, 'NOT_FOUND', 'Nothing is served here'],
    ['/ard/search', undefined, 405, 'INVALID_ARGUMENT', 'expected POST'],
  ])('%# %.60s', async (path, body, status, errorCode, message) => {
    const { json, ...answer } = await ask(path, body);
    expectArd('Error', json);
    expect([answer.status, json]).toEqual([status, { errorCode, message: expect.stringContaining(message) }]);
  });

  test('the token of another query, or of another order', async () => {
    const { json } = await search({ text: 'bulk' });
    const { pageToken } = json;
    for (const [text, size] of [
      ['currency', 10],
      ['bulk x', 10],
    ] as const)
      expect((await search({ text }, { pageToken, pageSize: size })).status).toBe(400);
    expect((await search({ text: 'bulk', filter: { tags: 'bulk' } }, { pageToken })).status).toBe(400);
    expect((await list({ pageToken })).status).toBe(400);
    expect((await ask(`/v1/listings?q=bulk&cursor=${pageToken}`)).status).toBe(200);
  });

  test('whatever the body is, it is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom('/ard/search', '/ard/explore'), async (body, path) => {
        const { status, json } = await ask(path, JSON.stringify(body));
        expect(status).toBe(400);
        expectArd('Error', json);
      }),
      { numRuns: 100 },
    );
  });
});

test('our own fault is said in the same shape, with nothing of the inside', async () => {
  const heard: string[] = [];
  const broken = createApp({
    deps: { db: null as never, policy: parsePolicy('', null) },
    onError: (_, requestId) => heard.push(requestId),
  });
  const { status, json } = await ask('/ard/search', { query: { text: 'x' } }, broken);
  expectArd('Error', json);
  expect([status, json]).toEqual([
    500,
    { errorCode: 'INTERNAL_ERROR', message: `The directory failed. The request id is ${heard[0]}.` },
  ]);
});
