import { describe, expect, test } from 'vitest';
import { matchesOf } from '../../functions/pages/matches.ts';
import { queryLimits } from '../../market/query/ast.ts';
import { converter } from '../support/converter.ts';
import { listingOf } from '../support/listings.ts';
import { queryOf } from '../support/queries.ts';

function matches(q: string) {
  const { words, inputs, tags, otherwise } = matchesOf(listingOf('fx@works.test', converter), queryOf(q));
  const byPlace = Object.fromEntries(words.map(({ place, said }) => [place, said]));
  return { words: byPlace, inputs: [...inputs], tags: [...tags], otherwise };
}

describe('why a listing is there', () => {
  test('names the words by their places, in whatever form they stand there', () => {
    expect(matches('currency rating').words).toEqual({
      name: ['currency'],
      tags: ['rating'],
      description: ['currency', 'rating'],
    });
  });

  test('takes a phrase as a whole, and what is excluded not at all', () => {
    expect(matches('"working day"')).toMatchObject({ words: { inputs: ['working day'] }, inputs: [2] });
    expect(matches('"day working"').words).toEqual({});
    expect(matches('-crypto -tag:news -input:x')).toEqual({ words: {}, inputs: [], tags: [], otherwise: [] });
  });

  test('marks the inputs that were asked for by name, by another name, by option, by type and by word', () => {
    expect(matches('input:amount')).toMatchObject({ inputs: [0], otherwise: [] });
    expect(matches('input:target_currency=yen')).toMatchObject({
      inputs: [1],
      otherwise: [{ asked: 'target_currency', name: 'to_ccy' }],
    });
    expect(matches('input:to=EUR').inputs).toEqual([]);
    expect(matches('accepts:date').inputs).toEqual([2]);
    expect(matches('amount').inputs).toEqual([0]);
  });

  test('marks the tags that were asked for, whatever their case', () => {
    expect(matches('tag:finance').tags).toEqual(['Finance']);
    expect(matches('exchange').tags).toEqual(['exchange rate']);
  });

  test('finds words in scripts without spaces', () => {
    const listing = listingOf('fx@works.test', { node: 'x', name: '货币换算工具' });
    expect(matchesOf(listing, queryOf('货币')).words).toEqual([{ place: 'name', said: ['货币'] }]);
  });

  test('is found at once in a long text with many words', () => {
    const description = 'converting currencies '.repeat(5_000);
    const listing = listingOf('fx@works.test', { node: 'x', description, tags: Array(300).fill('a b c') });
    const many = queryOf(Array.from({ length: queryLimits.termsMax }, (_, at) => `word${at}`).join(' '));
    const before = performance.now();
    for (let at = 0; at < 20; at++) matchesOf(listing, many);
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
