/** Answers in time, whatever becomes of the work: agents of AI-SNS wait for 20 s, and others hardly longer. */

export const answerWithinMs = 15_000;

/** What the work comes to, or after that time what is said instead; the work then goes on for nothing. */
export async function inTime<T>(work: Promise<T>, late: () => T, withinMs = answerWithinMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late()), withinMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
