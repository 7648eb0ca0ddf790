import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine } from '../../../protocol/text.ts';
import { listingNode, nodeCharsMax, readNode, shelfNodes, valueNode } from '../../../worker/browse/nodes.ts';

describe('a node', () => {
  test.each([
    ['tags', { of: 'shelf', shelf: 'tags' }],
    ['tags/a', { of: 'listings', shelf: 'tags', value: 'a' }],
    ['tags/a/b%2F\\40', { of: 'listings', shelf: 'tags', value: 'a/b%2F\\40' }],
    ['listings/urn:air:x', { of: 'listing', id: 'urn:air:x' }],
  ])('%s is understood', (node, place) => {
    expect(readNode(node)).toEqual(place);
  });

  test.each([
    '',
    'x',
    'x/y',
    'Tags',
    'tags/',
    '/tags',
    'listings',
    'listings/',
    ' tags',
    'tags/a\u0000',
    'constructor',
  ])('%j is none', (node) => {
    expect(readNode(node)).toBeNull();
  });

  test('that is longer than any is none', () => {
    expect(readNode(`tags/${'x'.repeat(nodeCharsMax)}`)).toBeNull();
    expect(readNode(listingNode('x'.repeat(4_096)))).not.toBeNull();
  });

  test('names its value, whatever characters that has', () => {
    const values = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => cleanLine(text, 60));
    fc.assert(
      fc.property(fc.constantFrom(...shelfNodes), values, (shelf, value) => {
        fc.pre(value !== '');
        expect(readNode(valueNode(shelf, value))).toEqual({ of: 'listings', shelf, value });
      }),
    );
  });
});
