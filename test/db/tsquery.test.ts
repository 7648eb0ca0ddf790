import { describe, expect, test } from 'vitest';
import { anchorOf, lexemesIn, parseTsquery } from '../../db/tsquery.ts';

const shares: { [lexeme: string]: number } = { common: 0.5, usual: 0.1, rare: 0.001 };
const anchor = (text: string) => {
  const tree = parseTsquery(text);
  return tree && anchorOf(tree, (lexeme) => shares[lexeme] ?? 0.01);
};

describe('the anchor of a query', () => {
  test.each([
    ['', null],
    ["'word'", ['word']],
    ["'common' & 'rare'", ['rare']],
    ["'common' | 'rare'", ['common', 'rare']],
    ["( 'common' | 'usual' ) & 'other' & !'rare'", ['other']],
    ["!'rare'", null],
    ["'common' & ( 'rare' | !'usual' )", ['common']],
    ["'common' <-> 'rare'", ['rare']],
    ["( 'common' <2> 'usual' | 'a' ) & !( 'b' & 'c' )", ['usual', 'a']],
    ["'rare':* & 'common':AB", ['common']],
    ["'t:o''clock' & 't:back\\\\slash'", ["t:o'clock"]],
    ["'a' | 'a' & 'b'", ['a']],
  ])('%s is %j', (text, expected) => {
    expect(anchor(text)).toEqual(expected);
  });

  test('of two that are as rare is the smaller one', () => {
    expect(anchor("( 'x' | 'y' ) & 'z'")).toEqual(['z']);
  });
});

test('the lexemes of a query are all that it names', () => {
  const tree = parseTsquery("'a' & ( !'b' | 'c' <-> 'd' )");
  expect(tree && lexemesIn(tree)).toEqual(['a', 'b', 'c', 'd']);
});

test.each(["'a' &", "( 'a'", 'a', "'a' 'b'", "'a' ) "])('%s is no tsquery', (text) => {
  expect(() => parseTsquery(text)).toThrow('no tsquery');
});
