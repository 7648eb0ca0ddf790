import { describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import type { Sort } from '../../market/query/sort.ts';
import { suggest } from '../../operations/explore.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';
import { ownSearchIndex } from '../support/search-index.ts';

const database = ownSearchIndex();
const { deps, find } = database;

describe('words', () => {
  test.each([
    // Two have both words; one has one of them, and comes last.
    ['convert currency', ['Convert currency', 'Daily news', 'Convert units']],
    ['converting currencies', ['Convert currency', 'Daily news', 'Convert units']],
    ['"convert currency"', ['Convert currency']],
    ['convert -currency', ['Convert units']],
    ['currency domain:works.test', ['Convert currency']],
    ['Haus lang:de', ['Wetterbericht']],
    ['天気', ['天気予報を調べる']],
    ['fromCurrency', ['Convert currency', 'Daily news']],
    ['nothing-like-it-at-all', []],
    // Its description speaks of a table.
    ["'; drop table listing; --", ['Convert currency']],
    ['& | ! ( ) : * <->', []],
  ])('%s find what they ask for, the best first', async (text, names) => {
    expect((await find(text)).names).toEqual(names);
  });

  test('may be lacking in part where few listings have them all, and the answer says so', async () => {
    expect((await find('convert currency')).partial).toBe(true);
    expect((await find('currency')).partial).toBe(false);
    expect(await find('weather currency')).toMatchObject({ mended: null, partial: true });
    // What else the query asks must hold all the same.
    expect((await find('convert currency domain:works.test')).names).toEqual(['Convert currency']);
    expect((await find('convert currency -dated', 20, null, 'name')).names).toEqual(['Daily news']);
  });

  test('come first where they are all there, however often others say some of them', async () => {
    const both = indexOf('zoo@agents.test', [
      { node: 'z', name: 'Zoo', description: 'Has a quokka and a wombat' },
    ]);
    const some = Array.from({ length: 30 }, (_, at) =>
      indexOf(`s${at}@some${at}.test`, [{ node: 'n', name: at % 2 ? 'Quokka quokka' : 'Wombat wombat' }]),
    );
    await writeIndex(database.db, [both, ...some], 60_000);
    const { names, partial } = await find('quokka wombat');
    expect([names[0], names.length, partial]).toEqual(['Zoo', 20, true]);
    await writeIndex(
      database.db,
      [both, ...some].map((agent) => ({ ...agent, listings: [], isDenied: true })),
      0,
    );
  });

  test('that nobody says any more are not offered', async () => {
    const falcon = indexOf('f@agents.test', [
      { node: 'f', name: 'Secretproject', inputs: [inputOf('falconPin')] },
    ]);
    const offered = async (prefix: string) =>
      (await suggest(deps(), prefix, 5)).map(({ text, count }) => [text, count]);
    await writeIndex(database.db, [falcon], 0);
    expect(await offered('secretp')).toEqual([['secretproject', 1]]);
    expect(await offered('falconP')).toEqual([['falconpin', 1]]);
    for (const description of ['one', 'two']) {
      const again = indexOf('f@agents.test', [{ node: 'f', name: 'Secretproject', description }]);
      await writeIndex(database.db, [again], 0);
    }
    expect([await offered('secretp'), await offered('falcon')]).toEqual([[['secretproject', 1]], []]);
    await writeIndex(database.db, [{ ...falcon, listings: [], isDenied: true }], 0);
    expect(await offered('secretp')).toEqual([]);
  });

  test('that merely join others need not be there, and find nothing by themselves', async () => {
    expect((await find('convert to a currency')).names[0]).toBe('Convert currency');
    expect((await find('the')).items).toEqual([]);
  });

  test('are found without their accents, written together or apart', async () => {
    expect((await find('Hauser')).names).toEqual(['Wetterbericht']);
    expect((await find('day-ly')).names).toEqual([]);
  });

  test('mistyped are mended where nothing matches as it is written, and the answer says so', async () => {
    const { names, mended } = await find('curency');
    expect(names).toEqual(['Convert currency', 'Daily news']);
    expect(mended?.terms).toEqual([{ text: 'currency', phrase: false, excluded: false }]);
    expect((await find('currency')).mended).toBeNull();
  });

  test('mistyped are mended on every page', async () => {
    const first = await find('curency', 1);
    expect(first.names).toEqual(['Convert currency']);
    const second = await find('curency', 1, first.cursor);
    expect(second).toMatchObject({ names: ['Daily news'], mended: first.mended, cursor: null });
  });

  test('have shares of the score that add up to it', async () => {
    const [hit] = (await find('convert currency')).items;
    expect(Object.values(hit?.why ?? {}).reduce((sum, share) => sum + share, 0)).toBe(hit?.score);
    expect(hit?.why.text).toBeGreaterThan(0);
  });
});

describe('an order', () => {
  test.each<[Sort, string, string[]]>([
    ['name', 'tag:finance,measure', ['Convert currency', 'Convert units', 'Daily news']],
    ['price', 'currency:EUR', ['Convert currency', 'Convert units']],
    ['distance', 'near:-17.8,179,20000', ['Convert units', 'Convert currency']],
  ])('by %s puts %s in it', async (sort, text, names) => {
    expect((await find(text, 20, null, sort)).names).toEqual(names);
  });

  test.each<Sort>(['relevance', 'recent', 'name', 'rating'])(
    'by %s pages through everything once, ties and all',
    async (sort) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof find>> = await find('same', 7, cursor, sort);
        seen.push(...page.items.map(({ record }) => record.listing.id));
        cursor = page.cursor;
      } while (cursor);
      expect(seen).toHaveLength(25);
      expect(new Set(seen).size).toBe(25);
    },
  );

  test('refuses the cursor of another query or order', async () => {
    const { cursor } = await find('same', 7);
    await expect(find('currency', 7, cursor)).rejects.toThrow('none of this query');
    await expect(find('same', 7, cursor, 'name')).rejects.toThrow('none of this query');
  });
});
