import { describe, expect, test } from 'vitest';
import { match } from '../../operations/match.ts';
import { ownSearchIndex } from '../support/search-index.ts';

const { deps } = ownSearchIndex();

describe('a match', () => {
  const names = async (given: Parameters<typeof match>[1]) =>
    (await match(deps(), given, 20)).items.map(({ record, mapping, missing }) => [
      record.listing.name,
      mapping,
      missing,
    ]);

  test('maps what is given to inputs, those that can be called first, then those that lack one', async () => {
    expect(await names({ sum: 5, from_currency: 'EUR', target: 'JPY' })).toEqual([
      ['Convert currency', { sum: 'amount', from_currency: 'fromCurrency', target: 'to' }, []],
      ['Convert units', { sum: 'amount' }, ['unit']],
    ]);
  });

  test('leaves out what would not take the value', async () => {
    expect(await names({ amount: 'five', unit: 'm' })).toEqual([
      ['Convert units', { unit: 'unit' }, ['amount']],
    ]);
    expect(await names({ amount: 5, fromCurrency: 'GBP', to: 'JPY' })).toEqual([
      ['Convert currency', { amount: 'amount', to: 'to' }, ['fromCurrency']],
      ['Convert units', { amount: 'amount' }, ['unit']],
    ]);
    expect(await names({ unheardOf: 1 })).toEqual([]);
  });
});
