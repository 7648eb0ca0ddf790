import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardTypes, LISTING_TYPE } from '../../../market/ard/media-types.ts';
import { expectArd } from '../../support/ard.ts';
import { bulk, type Entry, fx, names, ownRegistry } from '../../support/ard-registry.ts';

const registry = ownRegistry();
const { ask, list, search, show } = registry;

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
    await registry.db.execute(
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
