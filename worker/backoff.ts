/** Exponential backoff with jitter. */

/**
 * The wait before a further try, in milliseconds: doubles with each failure up to `maxMs`, then between half and
 * all of it by chance, so that many who failed together do not come back together.
 * @param failures how many tries failed in a row, from 1
 */
export function backoffMs(
  failures: number,
  baseMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 40));
  return Math.round(full * (0.5 + random() / 2));
}
