import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, field, form, writeForm } from '../../../protocol/data-form.ts';
import { pagesOf } from '../../../worker/commands/form-pages.ts';

const bytesOf = (fields: Field[]) => Buffer.byteLength(String(writeForm(form('result', fields))));
/** What a form has besides its fields. */
const slackBytes = 200;

/** What somebody reads who puts the pages together again. */
function joined(pages: Field[][]): { [name: string]: string } {
  const read: { [name: string]: string } = {};
  for (const each of pages.flat()) {
    read[each.var ?? ''] = (read[each.var ?? ''] ?? '') + each.values.join('');
  }
  return read;
}

describe('the pages of a form', () => {
  const bytesMax = 9_000;

  test('hold every field and value in its order, and none is larger than it may be', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 3_000 });
    const long = fc.string({ unit: fc.constantFrom('a', '<', '&', ' ', 'ä', '🎲', '"'), maxLength: 30_000 });
    const values = fc.array(fc.oneof(value, long), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (all) => {
        const fields = all.map((given, at) => field(`f${at}`, given, 'text-multi'));
        const pages = pagesOf(fields, bytesMax);
        for (const page of pages) expect(bytesOf(page)).toBeLessThanOrEqual(bytesMax + slackBytes);
        expect(joined(pages)).toEqual(
          Object.fromEntries(fields.map((each) => [each.var, each.values.join('')])),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('cut no value that fits onto a page of its own', () => {
    const lines = Array.from({ length: 50 }, (_, at) => `${at}`.repeat(900));
    const pages = pagesOf([field('lines', lines, 'text-multi')], bytesMax);
    expect(pages.flat().flatMap(({ values }) => values)).toEqual(lines);
  });

  test('are cut beside no white space and inside no character', () => {
    const text = 'one 🎲🎲 two '.repeat(5_000);
    const pieces = pagesOf([field('text', text)], bytesMax)
      .flat()
      .flatMap(({ values }) => values);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.slice(0, -1).filter((piece) => piece.trim() !== piece || !piece.isWellFormed())).toEqual(
      [],
    );
    expect(pieces.join('')).toBe(text);
  });

  test('are one where everything fits, and where there is nothing', () => {
    expect(pagesOf([field('a', 'b'), field('c', [])])).toHaveLength(1);
    expect(pagesOf([])).toEqual([[]]);
  });
});
