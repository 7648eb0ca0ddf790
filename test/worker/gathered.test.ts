import { describe, expect, test } from 'vitest';
import { gathered } from '../../worker/gathered.ts';

function recorded(answer: (question: number) => number, atOnceMax?: number) {
  const asked: number[][] = [];
  const ask = gathered(async (questions: number[]) => {
    asked.push(questions);
    return questions.map(answer);
  }, atOnceMax);
  return { asked, ask };
}

const dataError = () => Object.assign(new Error('Failed query'), { cause: { code: '22P05' } });

describe('questions', () => {
  test('of one turn are asked together, and each has its own answer', async () => {
    const { asked, ask } = recorded((question) => question * 10);
    expect(await Promise.all([1, 2, 3].map(ask))).toEqual([10, 20, 30]);
    expect(asked).toEqual([[1, 2, 3]]);
    expect(await ask(4)).toBe(40);
    expect(asked).toEqual([[1, 2, 3], [4]]);
  });

  test('that come while others are under way are asked after them, so many at once', async () => {
    const { asked, ask } = recorded((question) => question, 2);
    const first = ask(1);
    await new Promise(setImmediate);
    const rest = Promise.all([2, 3, 4].map(ask));
    expect(await first).toBe(1);
    expect(await rest).toEqual([2, 3, 4]);
    expect(asked).toEqual([[1], [2, 3], [4]]);
  });

  test('of which one cannot be asked fail alone', async () => {
    const ask = gathered(async (questions: number[]) => {
      if (questions.includes(2)) throw dataError();
      return questions;
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await ask(4)).toBe(4);
  });

  test('all fail where nobody can be asked, which is tried once', async () => {
    let tries = 0;
    const ask = gathered(async (_questions: number[]): Promise<number[]> => {
      tries++;
      throw new Error('the database is away');
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(tries).toBe(1);
  });
});
