import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerCache, answerLimits, type KeptAnswer } from '../../functions/answer-cache.ts';

const answer = (state: string, bytes: number): KeptAnswer => ({
  state,
  body: new Uint8Array(bytes),
  headers: { 'content-type': 'application/json' },
});
const size = answerLimits.overheadBytes + 100;

describe('kept answers', () => {
  test('are found under their questions, the last one of each', () => {
    const answers = answerCache(1_000_000);
    answers.keep('a', answer('one', 1));
    answers.keep('b', answer('one', 2));
    answers.keep('a', answer('two', 3));
    expect(answers.get('a')).toEqual(answer('two', 3));
    expect(answers.get('b')).toEqual(answer('one', 2));
    expect(answers.get('c')).toBe(undefined);
  });

  test('make room for others, what was used longest ago first', () => {
    const answers = answerCache(3 * size);
    for (const question of ['a', 'b']) answers.keep(question, answer('s', 0));
    answers.get('a');
    for (const question of ['c', 'd']) answers.keep(question, answer('s', 0));
    expect(['a', 'b', 'c', 'd'].map((question) => answers.get(question) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test('are none too long, and the last short one of the same question goes too', () => {
    const answers = answerCache(100 * answerLimits.answerBytesMax);
    answers.keep('a', answer('one', answerLimits.answerBytesMax));
    expect(answers.get('a')?.state).toBe('one');
    answers.keep('a', answer('two', answerLimits.answerBytesMax + 1));
    expect(answers.get('a')).toBe(undefined);
  });

  test('never take more than they may, whatever is asked and answered', () => {
    const asked = fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.nat(3_000)), { maxLength: 200 });
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 20_000 }), (answered, bytesMax) => {
        const answers = answerCache(bytesMax);
        for (const [question, bytes] of answered) answers.keep(question, answer('state', bytes));
        const kept = new Map(answered.map(([question]) => [question, answers.get(question)]));
        const bytes = [...kept].map(([question, held]) =>
          held ? held.body.length + 2 * question.length + answerLimits.overheadBytes : 0,
        );
        return bytes.reduce((sum, more) => sum + more, 0) <= bytesMax;
      }),
    );
  });
});
