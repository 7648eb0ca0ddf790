/** Counts the requests of each client in memory, by a bucket of tokens each. */

import type { Allowance } from './rate-limit.ts';

/** Clients of whom is kept how much they asked; the one that asked longest ago makes room for a new one. */
export const clientsMax = 50_000;

type Bucket = { tokens: number; atMs: number };

/**
 * @param perMinute what a client may ask in a minute, all at once or not
 * @param nowMs a clock that never goes back
 */
export function clientBuckets(
  perMinute: number,
  nowMs: () => number = () => performance.now(),
  max: number = clientsMax,
): (client: string) => Allowance {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const seconds = (tokens: number) => Math.max(0, Math.ceil(tokens / perMs / 1000));
  return (client) => {
    const atMs = nowMs();
    const before = buckets.get(client) ?? { tokens: perMinute, atMs };
    const tokens = Math.min(perMinute, before.tokens + (atMs - before.atMs) * perMs);
    const isTaken = tokens >= 1;
    const left = isTaken ? tokens - 1 : tokens;
    // Put in again at the end: the first one is then who asked longest ago.
    buckets.delete(client);
    buckets.set(client, { tokens: left, atMs });
    const [oldest] = buckets.keys();
    if (buckets.size > max && oldest !== undefined) buckets.delete(oldest);
    return {
      isTaken,
      left: Math.floor(left),
      resetSeconds: seconds(perMinute - left),
      retrySeconds: Math.max(1, seconds(1 - left)),
    };
  };
}
