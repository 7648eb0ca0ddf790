import { describe, expect, test } from 'vitest';
import { matchLimits } from '../../../market/match.ts';
import { isProblem } from '../../../market/problem.ts';
import { readGiven } from '../../../worker/commands/match.ts';

describe('the lines of what is at hand', () => {
  test('are names and values; a name that comes again has several', () => {
    const given = (...lines: string[]) => {
      const read = readGiven(lines);
      return isProblem(read) ? read : read.given;
    };
    expect(given('amount = 5', 'to=EUR', 'to=JPY', 'note=a=b', 'empty=')).toEqual({
      amount: '5',
      to: ['EUR', 'JPY'],
      note: 'a=b',
      empty: '',
    });
    expect(Object.keys(given('__proto__=x', 'problem=y'))).toEqual(['__proto__', 'problem']);
  });

  test.each([
    ['no sign', ['amount'], 'line 1: expected NAME=VALUE'],
    ['no name', ['a=1', ' =5'], 'line 2: expected NAME=VALUE'],
    [
      'a long name',
      [`${'x'.repeat(matchLimits.namesCharsMax + 1)}=1`],
      'line 1: expected a name of at most 200 characters',
    ],
    [
      'a long value',
      [`a=${'x'.repeat(matchLimits.valueCharsMax + 1)}`],
      'line 1: expected a value of at most 4000 characters',
    ],
    [
      'too many names',
      Array.from({ length: matchLimits.namesMax + 1 }, (_, at) => `a${at}=1`),
      'expected at most 12 names',
    ],
  ])('with %s are refused', (_what, lines, detail) => {
    const read = readGiven(lines);
    expect(isProblem(read) && read.errors).toEqual([{ pointer: 'inputs', detail }]);
  });
});
