import { describe, expect, test } from 'vitest';
import { cardTypes, LISTING_TYPE } from '../../../market/ard/media-types.ts';
import { bulk, cardType, ownRegistry } from '../../support/ard-registry.ts';

const { explore, search } = ownRegistry();

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
