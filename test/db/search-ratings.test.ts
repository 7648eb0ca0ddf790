import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import type { Sort } from '../../market/query/sort.ts';
import { scoreUnit } from '../../market/ranking.ts';
import { settleScores } from '../../operations/ratings/score.ts';
import { type SearchPage, search } from '../../operations/search.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { dealtBefore, depsOf, done, ratedBy } from '../support/ratings.ts';

const database = ownDatabase();

async function find(text: string, sort: Sort = 'relevance', limit = 20): Promise<SearchPage['items']> {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  const items: SearchPage['items'] = [];
  let cursor: string | null = null;
  do {
    const page: SearchPage = done(await search(depsOf(database.db), { query, sort, limit, cursor }));
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor);
  return items;
}
const namesOf = (items: SearchPage['items']) => items.map(({ record }) => record.listing.name);

const agentOf = (name: string) => `${name}@${name}.example`;

/** Each of them rates the listing, and has dealt with others before. */
async function rateAs(name: string, scores: number[]): Promise<void> {
  const listing = { id: listingOf(agentOf(name), { node: name }).id, version: 'v', name };
  for (const [at, score] of scores.entries()) {
    const client = `c${at}@${name}-client${at}.example`;
    await dealtBefore(database.db, client);
    await ratedBy(database.db, score, { client, provider: agentOf(name), listing });
  }
}

beforeAll(async () => {
  const agents = ['good', 'fair', 'unknown', 'one'].map((name) =>
    indexOf(agentOf(name), [{ node: name, name, description: 'Converts currency.' }]),
  );
  // The same agent under another name of its offer.
  const again = indexOf(agentOf('bad'), [
    { node: 'bad', name: 'bad', description: 'Converts currency.' },
    { node: 'again', name: 'again', description: 'Converts currency.' },
  ]);
  await writeIndex(database.db, [...agents, again], 0);
  await rateAs('good', [5, 5, 5, 5, 5, 5, 5, 5]);
  await rateAs('fair', [3, 4, 3, 4, 3, 3]);
  await rateAs('bad', [1, 1, 1, 1, 1, 2]);
  await rateAs('one', [5]);
  await settleScores(depsOf(database.db), 1_000);
});

describe('by rating', () => {
  test.each(['', 'currency', 'currency converts', 'kind:command', '-nothing'])(
    'listings come by the lower end, and those of whom nothing is known before the bad, for %j',
    async (text) => {
      const found = await find(text, 'rating');
      expect(namesOf(found)).toHaveLength(6);
      const names = namesOf(found);
      expect(names.slice(0, 3)).toEqual(['good', 'fair', 'one']);
      expect(names.slice(3)).toEqual([
        'unknown',
        ...['again', 'bad'].sort((a, b) => names.indexOf(a) - names.indexOf(b)),
      ]);
    },
  );

  test('pages follow each other without loss or repetition', async () => {
    expect(namesOf(await find('currency', 'rating', 1))).toEqual(namesOf(await find('currency', 'rating')));
    expect(namesOf(await find('', 'rating', 2))).toEqual(namesOf(await find('', 'rating')));
  });
});

describe('rating:', () => {
  test.each([
    ['rating:>=1', ['bad', 'fair', 'good', 'one']],
    ['rating:>=3', ['good']],
    ['rating:<1.4', ['bad']],
    ['rating:>=3 currency', ['good']],
    ['rating:>=3 kind:skill', []],
    ['rating:>=5', []],
    ['rating:<1.4,>=3', ['bad', 'good']],
  ])('%s compares the lower end, and does not hold of what nobody rated', async (text, names) => {
    expect(namesOf(await find(text)).sort()).toEqual(names);
    expect(namesOf(await find(text, 'rating')).sort()).toEqual(names);
    expect(namesOf(await find(text, 'name')).sort()).toEqual(names);
  });
});

describe('by relevance', () => {
  test('the share of the rating rises with the lower end; what is unknown has half, and a bad agent’s other offer its own', async () => {
    const items = await find('currency');
    const shareOf = (name: string) =>
      (items.find(({ record }) => record.listing.name === name)?.why.rating ?? -1) / scoreUnit;
    const [good, fair, unknown, bad] = ['good', 'fair', 'unknown', 'bad'].map(shareOf) as number[];
    expect(good).toBeGreaterThan(fair ?? 0);
    expect(fair).toBeGreaterThan(unknown ?? 0);
    expect(unknown).toBeGreaterThan(bad ?? 1);
    expect(shareOf('again')).toBe(bad);
    expect(unknown).toBeCloseTo(0.03, 2);
  });

  test('what is found says what is said of it', async () => {
    const items = await find('currency');
    const good = items.find(({ record }) => record.listing.name === 'good');
    expect(good?.record.rating).toMatchObject({ count: 8, aspects: { correct: null } });
    expect(items.find(({ record }) => record.listing.name === 'again')?.record.rating).toBeNull();
  });
});
