/** Answers kept in this process's memory, each under its question and the state of the index that it was made of. */

export const answerLimits = {
  /** A longer answer is made anew each time. */
  answerBytesMax: 524_288,
  /** What one answer takes besides its content and its question, at least as much as is so. */
  overheadBytes: 1024,
} as const;

export type KeptAnswer = {
  state: string;
  body: Uint8Array<ArrayBuffer>;
  headers: { [name: string]: string };
  /** Under which it was sent, once it was. */
  tag?: string;
};

export type AnswerCache = {
  /** What was answered last; whether it still holds is for whoever asks to see. */
  get(question: string): KeptAnswer | undefined;
  keep(question: string, answer: KeptAnswer): void;
};

/** @param megabytes null is what comes of 0 */
export function answersKept(megabytes: number): AnswerCache | null {
  return megabytes === 0 ? null : answerCache(megabytes * 1_000_000);
}

/** @param bytesMax beyond these, what was asked for longest ago is forgotten */
export function answerCache(bytesMax: number): AnswerCache {
  // A map lists its keys in the order in which they were set: the first was used longest ago.
  const kept = new Map<string, KeptAnswer>();
  let bytes = 0;
  const forget = (question: string) => {
    const answer = kept.get(question);
    if (!answer || !kept.delete(question)) return;
    bytes -= sizeOf(question, answer);
  };
  return {
    get(question) {
      const answer = kept.get(question);
      if (!answer) return undefined;
      kept.delete(question);
      kept.set(question, answer);
      return answer;
    },
    keep(question, answer) {
      forget(question);
      const size = sizeOf(question, answer);
      if (answer.body.length > answerLimits.answerBytesMax || size > bytesMax) return;
      kept.set(question, answer);
      bytes += size;
      for (const oldest of kept.keys()) {
        if (bytes <= bytesMax) return;
        forget(oldest);
      }
    },
  };
}

/** In bytes; a character takes two of them. */
function sizeOf(question: string, { state, body, headers }: KeptAnswer): number {
  const texts = [question, state, ...Object.entries(headers).flat()];
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  return body.length + 2 * chars + answerLimits.overheadBytes;
}
