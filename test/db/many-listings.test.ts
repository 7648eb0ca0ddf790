import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { searchLimits } from '../../db/search.ts';
import { arrangeTiers, tierLimits } from '../../db/tiers.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import type { Sort } from '../../market/query/sort.ts';
import { facets } from '../../operations/explore.ts';
import { search } from '../../operations/search.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });

/** One registrant's, well described, and each says the words twice. */
const crowdSize = 3_000;
const honestSize = 12;

beforeAll(async () => {
  const crowd = Array.from({ length: crowdSize }, (_, at) => ({
    node: `n${at}`,
    name: `Weather forecast ${String(at).padStart(4, '0')}`,
    description: 'A forecast of everything',
    category: at % 2 === 0 ? 'even' : 'odd',
    tags: ['weather'],
    price: { amount: `${crowdSize - at}`, currency: 'EUR', unit: 'call' },
    lang: ['en'],
    inputSchema: { type: 'object' },
  }));
  for (let at = 0; at < crowdSize; at += 500) {
    await writeIndex(
      database.db,
      crowd
        .slice(at, at + 500)
        .map((listing, of) => indexOf(`a${at + of}@host${of % 20}.crowd.example`, [listing])),
      60_000,
    );
  }
  await writeIndex(
    database.db,
    Array.from({ length: honestSize }, (_, at) =>
      indexOf(`met@m${at}.example`, [{ node: 'f', name: 'Weather forecast', description: 'For one town' }]),
    ),
    60_000,
  );
  await arrangeTiers(database.db);
});

async function find(text: string, sort: Sort, limit: number, cursor: string | null = null) {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  const page = await search(deps(), { query, sort, limit, cursor });
  if (isProblem(page)) throw new Error(page.detail);
  return page;
}

async function walk(text: string, sort: Sort): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await find(text, sort, 100, cursor);
    ids.push(...page.items.map(({ record }) => record.listing.id));
    cursor = page.cursor;
    if (cursor === null) return ids;
  }
}

describe('tiers', () => {
  test('hold the best standing first, as many as they should', async () => {
    const rows = await rowsOf<{ tier: number; n: number; least: number; most: number }>(
      database.db,
      sql`select tier::int, count(*)::int as n, min(standing) as least, max(standing) as most
        from listing group by 1 order by 1`,
    );
    expect(rows.map(({ tier }) => tier)).toEqual([0, 1]);
    expect(rows[0]?.n).toBeGreaterThanOrEqual(tierLimits.firstSize);
    expect(rows[1]?.n).toBe(crowdSize + honestSize - (rows[0]?.n ?? 0));
    expect(rows.every(({ most }, at) => at === 0 || most < (rows[at - 1]?.least ?? 0))).toBe(true);
  });

  test('are left alone until the index has grown', async () => {
    expect(await arrangeTiers(database.db)).toBe(0);
    await database.db.execute(sql`update tier_cut set total = 1`);
    expect(await arrangeTiers(database.db)).toBe(0);
  });
});

describe('a registrant who puts a word on thousands of listings', () => {
  test('does not hide the few that mean it', async () => {
    const { items } = await find('weather forecast', 'relevance', 40);
    const honest = items.filter(({ record }) => record.listing.name === 'Weather forecast');
    expect(honest.length).toBe(honestSize);
  });

  test('stands the lower the more it has, whatever the names below its domain', async () => {
    const [row] = await rowsOf<{ first: number; last: number; honest: number }>(
      database.db,
      sql`select min(crowding)::int as first, max(crowding)::int as last,
        max(crowding) filter (where name = 'Weather forecast')::int as honest from listing`,
    );
    expect(row).toEqual({ first: 1, last: expect.any(Number), honest: 1 });
    expect(row?.last).toBeGreaterThan(100);
  });
});

describe('what more listings match than are ranked', () => {
  test('is said to be approximate, and ends where the candidates do', async () => {
    expect((await find('forecast', 'relevance', 10)).approximate).toBe(true);
    const ids = await walk('forecast', 'relevance');
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(searchLimits.candidatesMax);
    expect(ids.length).toBeLessThanOrEqual(searchLimits.candidatesMax + searchLimits.namedMax);
  });

  test('is cut as well where words are only excluded, at the cost of looking at listings', async () => {
    const { items, approximate } = await find('-forecast', 'relevance', 5);
    expect([items, approximate]).toEqual([[], false]);
    expect((await find('-category:odd', 'relevance', 5)).items).toHaveLength(5);
  });

  test.each(['name', 'recent'] as const)('is walked whole by %s, each once', async (sort) => {
    const ids = await walk('forecast', sort);
    expect(ids.length).toBe(crowdSize + honestSize);
    expect(new Set(ids).size).toBe(ids.length);
    const { items } = await find('forecast category:odd', sort, 3);
    const names = items.map(({ record }) => record.listing.name);
    if (sort === 'name')
      expect(names).toEqual(['Weather forecast 0001', 'Weather forecast 0003', 'Weather forecast 0005']);
  });

  test('is ranked from the cheapest on by price, however it stands', async () => {
    const { items, approximate } = await find('forecast currency:EUR', 'price', 2);
    expect(items.map(({ record }) => record.listing.price?.amount)).toEqual(['1', '2']);
    expect(approximate).toBe(true);
  });

  test('is counted by a sample, and the counts are near', async () => {
    const query = parseQuery('forecast');
    if (isProblem(query)) throw new Error(query.detail);
    const counted = await facets(deps(), query);
    expect(counted.approximate).toBe(counted.counted !== crowdSize + honestSize);
    const [even, odd] = counted.facets.category;
    for (const facet of [even, odd]) {
      expect(Math.abs((facet?.count ?? 0) - crowdSize / 2)).toBeLessThan(crowdSize / 10);
    }
  });
});
