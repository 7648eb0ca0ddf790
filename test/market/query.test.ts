import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../market/cursor.ts';
import { isProblem } from '../../market/problem.ts';
import { formatQuery, parseQuery, type Query, queryLimits } from '../../market/query.ts';

describe('a query', () => {
  test('has words, phrases, exclusions and qualifiers', () => {
    expect(
      parseQuery('convert "exact rate" -crypto tag:Finance tag:"working days" domain:Works.Test'),
    ).toEqual({
      terms: [
        { text: 'convert', phrase: false, excluded: false },
        { text: 'exact rate', phrase: true, excluded: false },
        { text: 'crypto', phrase: false, excluded: true },
      ],
      tags: ['finance', 'working days'],
      domains: ['works.test'],
    });
  });

  test.each(['', '   ', '\t\n'])('%j asks for everything', (text) => {
    expect(parseQuery(text)).toEqual({ terms: [], tags: [], domains: [] });
  });

  test.each([
    ['a "never closed', "Character 3: this quotation mark is never closed; expected another '\"'."],
    [
      'colour:red',
      "Character 1: 'colour:' is no qualifier; expected one of tag:, domain:, or a word in quotation marks.",
    ],
    ['ok tag:', 'Character 4: \'tag:\' takes a tag, such as tag:finance or tag:"working days".'],
    ['domain:no_such', "Character 1: 'domain:' takes a domain name, such as domain:example.org."],
    ['-tag:x', "Character 1: '-' excludes words only; expected 'tag:' without it."],
    ['x'.repeat(201), 'Character 1: a word of 201 characters; at most 200 are read.'],
    ['x'.repeat(100_000), 'The query has 100000 characters; at most 2000 are read.'],
    ['w '.repeat(51), 'Character 101: more than 50 words; expected at most that many.'],
  ])('%.40s is refused with the place and what was expected', (text, detail) => {
    expect(parseQuery(text)).toMatchObject({ problem: 'invalid-query', detail });
  });

  test('is cleaned of characters that are none, NUL among them', () => {
    expect(parseQuery('a\0b \u202e\0 "x\u200b\ty"')).toMatchObject({
      terms: [
        { text: 'ab', phrase: false },
        { text: 'x y', phrase: true },
      ],
    });
  });

  test('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const query = parseQuery(text);
        if (!isProblem(query)) expect(query.terms.length).toBeLessThanOrEqual(queryLimits.termsMax);
      }),
      { numRuns: 2_000 },
    );
  });

  test('printed reads back to itself', () => {
    const word = fc.stringMatching(/^[a-zé0-9]{1,12}$/);
    const query: fc.Arbitrary<Query> = fc.record({
      terms: fc.array(
        fc.oneof(
          fc.record({ text: word, phrase: fc.constant(false), excluded: fc.boolean() }),
          fc.record({
            text: fc.array(word, { minLength: 1 }).map((words) => words.join(' ')),
            phrase: fc.constant(true),
            excluded: fc.boolean(),
          }),
        ),
        { maxLength: 10 },
      ),
      tags: fc.uniqueArray(
        fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
        { maxLength: 5 },
      ),
      domains: fc.uniqueArray(fc.constantFrom('works.test', 'bücher.example', 'a.b.c.example'), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(query, (given) => {
        expect(parseQuery(formatQuery(given))).toEqual(given);
      }),
    );
  });
});

describe('a cursor', () => {
  const position = { score: 607_927, id: 'urn:air:works.test:u.fx:command.x-abc' };

  test('gives back its position to the query it belongs to, and to no other', () => {
    const cursor = encodeCursor('search convert', position);
    expect(decodeCursor('search convert', cursor)).toEqual(position);
    expect(decodeCursor('search other', cursor)).toBeNull();
  });

  test.each(['', 'x', '!!', 'bnVsbA', 'WzEsMiwzXQ', 'a'.repeat(100_000)])(
    'that is forged (%.20s) is none',
    (forged) => {
      expect(decodeCursor('search convert', forged)).toBeNull();
    },
  );

  test('with a position that Postgres could not compare is none', () => {
    for (const score of [1e12, 0.5, Number.NaN]) {
      expect(decodeCursor('q', encodeCursor('q', { score, id: 'x' }))).toBeNull();
    }
    expect(decodeCursor('q', encodeCursor('q', { score: 1, id: 'a\0b' }))).toBeNull();
  });
});
