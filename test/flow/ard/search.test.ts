import { describe, expect, test } from 'vitest';
import { cardTypes, LISTING_TYPE } from '../../../market/ard/media-types.ts';
import { expectArd } from '../../support/ard.ts';
import {
  cardType,
  type Entry,
  fx,
  hostile,
  names,
  origin,
  ownRegistry,
  referral,
} from '../../support/ard-registry.ts';

const registry = ownRegistry();
const { ask, explore, search, show } = registry;

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
      const { json } = await ask('/ard/search', body, registry.referring);
      expectArd('SearchResponse', json);
      expect(json.results).toHaveLength(2);
      expect(json.referrals).toEqual(refers ? [referral] : undefined);
      expect(
        (await search({ text: 'currency' }, federation ? { federation } : {})).json.referrals,
      ).toBeUndefined();
    },
  );
});

test("strangers' words come out as they are, in JSON alone", async () => {
  const found = await search({ text: hostile });
  expect(found.status).toBe(200);
  const { json, text } = await search({ text: '', filter: { publisher: 'evil.test' } });
  expect(json.results).toMatchObject([{ displayName: hostile, description: hostile, tags: [hostile] }]);
  expect(JSON.parse(text)).toEqual(json);
  const { headers } = await registry.app.request(`${origin}/ard/agents?filter=publisherId=evil.test`);
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const { json: counted } = await explore([{ field: 'metadata.category' }]);
  expect(counted.facets['metadata.category'].buckets.length).toBe(2);
});
