/** Requests counted by the platform: Cloudflare's rate limiting binding, for a period of a minute. */

import { clientNetwork } from './client-address.ts';
import type { ReadLimit } from './rate-limit.ts';

export type RateLimitBinding = { limit(options: { key: string }): Promise<{ success: boolean }> };

const periodSeconds = 60;

/** @param perMinute what the binding is set to, which it does not tell */
export function boundReads(binding: RateLimitBinding, perMinute: number): ReadLimit {
  return {
    perMinute,
    async take(client) {
      const { success } = await binding.limit({ key: client });
      const left = success ? null : 0;
      return { isTaken: success, left, resetSeconds: periodSeconds, retrySeconds: periodSeconds };
    },
    // The platform writes this header itself, whatever the client sent.
    clientOf: (context) => clientNetwork(context.req.header('cf-connecting-ip')),
  };
}
