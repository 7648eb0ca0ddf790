import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain, strong } from '../../../worker/chat/styling.ts';
import { styledSpans } from '../../support/styling.ts';

const odd = fc.string({
  unit: fc.constantFrom('*', '_', '~', '`', '>', ' ', '\n', 'a', 'é', '1', '\u202e', '\u200b', '\0'),
});

describe('what strangers say', () => {
  test.each([
    ['snake_case stays', 'text_statistics and a*b', 'text_statistics and a*b'],
    ['a style is none', '*bold* _em_ ~gone~ `code`', '∗bold∗ ˍemˍ ∼gone∼ ˋcodeˋ'],
    ['a fence is none', '```\nrm -rf', 'ˋˋˋ rm -rf'],
    ['a quotation is none', '> you said', '› you said'],
    ['lines become one', 'a\n> b\n```c', 'a > b ˋˋˋc'],
    ['nothing turns the text around', 'a\u202eb\u200fc\u0007', 'abc'],
  ])('is plain: %s', (_what, given, shown) => {
    expect(plain(given, 100)).toBe(shown);
  });

  test('styles nothing, whatever it is', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const line = plain(text, 100);
        expect(line).not.toMatch(/^>|[\n\u202e\u200b\0]/);
        expect(styledSpans(line)).toEqual([]);
      }),
    );
  });

  test('is strong as a whole where it is made so, and what follows it is not', () => {
    fc.assert(
      fc.property(odd, odd, (name, text) => {
        const bold = strong(name, 100);
        fc.pre(bold !== '');
        expect(styledSpans(`1. ${bold} (${plain(text, 100)})`)).toEqual([bold]);
      }),
    );
  });

  test('is cut where it is long, and says so', () => {
    expect(plain('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(strong('x'.repeat(50), 10)).toBe(`*${'x'.repeat(9)}…*`);
  });
});
