/** HTTP tokens: opaque, of which only a hash is kept. */

import { createHash } from 'node:crypto';

export const tokenScopes = ['read', 'trade'] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const tokenLimits = {
  /** 256 random bits. */
  secretBytes: 32,
  idBytes: 10,
  daysMin: 1,
  daysDefault: 30,
  daysMax: 365,
  labelCharsMax: 100,
  /** Tokens of one agent that can be used at the same time. */
  livePerAgentMax: 20,
} as const;

/** Written before the secret, so that one that leaks is recognised for what it is. */
export const tokenPrefix = 'guildhall_';

/** What is kept of a token; its many random bits make a slow hash needless. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
