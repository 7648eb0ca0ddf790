/** Gathers questions: what is asked while an earlier one is under way is asked in one, after that is answered. */

import { setTimeout as wait } from 'node:timers/promises';

export const gatherLimits = {
  atOnceMax: 64,
  /** After more than so many at once, some more are waited for: a question to the database costs both sides more than what it asks. */
  fewMax: 8,
  pauseMs: 5,
} as const;

type Waiting<Question, Answer> = {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/**
 * At once where there is little to ask, and ever more together where there is much.
 * @param askAll answers each question, in their order
 */
export function gathered<Question, Answer>(
  askAll: (questions: Question[]) => Promise<Answer[]>,
  atOnceMax: number = gatherLimits.atOnceMax,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let isAsking = false;

  async function settle(batch: Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await askAll(batch.map(({ question }) => question));
      if (answers.length !== batch.length) throw new Error('each question has one answer');
      for (const [at, { resolve }] of batch.entries()) resolve(answers[at] as Answer);
    } catch (error) {
      if (batch.length === 1 || !isOfTheData(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      // One of them cannot be asked: it costs none but itself.
      for (const one of batch) await settle([one]);
    }
  }

  async function goOn(): Promise<void> {
    isAsking = true;
    // What is asked in the same turn goes along.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, atOnceMax);
      waiting = waiting.slice(atOnceMax);
      await settle(batch);
      if (batch.length > gatherLimits.fewMax && waiting.length < atOnceMax) await wait(gatherLimits.pauseMs);
    }
    isAsking = false;
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (!isAsking) void goOn();
    });
}

/** SQLSTATE classes 22 (data exception), 23 (integrity) and 54 (limits exceeded): the statement's own values are at fault. */
function isOfTheData(error: unknown): boolean {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^(22|23|54)...$/.test(code);
}
