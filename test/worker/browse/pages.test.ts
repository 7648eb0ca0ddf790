import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OrderedPlace, pageCharsMax, pageOf, pageOfAll, sizeOf } from '../../../worker/browse/pages.ts';

const keyed = (key: string) => ({ item: key, key, chars: key.length });
const keysOf = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 30 })
  .map((keys) => keys.sort((a, b) => (a < b ? -1 : 1)));
const page = (keys: string[], size: number, place: OrderedPlace) => pageOfAll(keys, size, place, keyed);

describe('the pages of a list', () => {
  test('forwards are together the list, whatever their size', () => {
    fc.assert(
      fc.property(keysOf, fc.integer({ min: 1, max: 7 }), (keys, size) => {
        const found: string[] = [];
        for (let place: OrderedPlace = { from: 'start' }; ; ) {
          const { items, rsm } = page(keys, size, place);
          found.push(...items);
          expect(rsm.count).toBe(keys.length);
          if (rsm.last === null) break;
          place = { from: 'after', key: rsm.last };
        }
        expect(found).toEqual(keys);
      }),
    );
  });

  test('backwards are together the list, too', () => {
    fc.assert(
      fc.property(keysOf, fc.integer({ min: 1, max: 7 }), (keys, size) => {
        const found: string[] = [];
        for (let place: OrderedPlace = { from: 'end' }; ; ) {
          const { items, rsm } = page(keys, size, place);
          found.unshift(...items);
          if (rsm.first === null) break;
          place = { from: 'before', key: rsm.first };
        }
        expect(found).toEqual(keys);
      }),
    );
  });

  test('go on from a place whose item is gone', () => {
    expect(page(['a', 'c'], 5, { from: 'after', key: 'b' }).items).toEqual(['c']);
    expect(page(['a', 'c'], 5, { from: 'before', key: 'b' }).items).toEqual(['a']);
  });

  test('are at most as large as the limit, and none for who wants the count alone', () => {
    const question = (max: number | null) => sizeOf({ max, place: { from: 'start' } });
    expect([sizeOf(null), question(null), question(7), question(1e9), question(0)]).toEqual([
      100, 100, 7, 100, 0,
    ]);
    expect(page(['a'], 0, { from: 'start' })).toEqual({
      items: [],
      rsm: { first: null, last: null, count: 1 },
    });
  });

  test('end before a stanza gets too long, nearest to where they begin, and have one item in any case', () => {
    const long = (item: string) => ({ item, key: item, chars: pageCharsMax * 0.6 });
    expect(pageOf([long('a'), long('b')], 2).items).toEqual(['a']);
    expect(pageOf([long('a'), long('b')], 2, 'end').items).toEqual(['b']);
    expect(pageOf([{ item: 'a', key: 'a', chars: pageCharsMax * 9 }], 1).items).toEqual(['a']);
  });
});
