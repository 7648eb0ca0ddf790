/** The worker's environment, read once. */

import { z } from 'zod';
import { parseJid } from '../protocol/jid.ts';
import { logLevels } from './log.ts';
import { type Policy, parsePolicy } from './policy.ts';

export type Config = {
  databaseUrl: string;
  xmpp: { service: string; domain: string; username: string; password: string };
  policy: Policy;
  probe: 'consented' | 'never';
  logLevel: (typeof logLevels)[number];
  limits: CrawlLimits;
};

/** Times that tests shorten, in milliseconds. */
export type CrawlLimits = {
  /** How long a question to another entity waits for its answer. */
  iqTimeoutMs: number;
  /** How long a listing must be missing from the reachable agent before it is deleted. */
  absenceMs: number;
  /** How long a fresh session waits for presence before it takes the silent for offline. */
  presenceSettleMs: number;
};

export const crawlLimits: CrawlLimits = { iqTimeoutMs: 20_000, absenceMs: 60_000, presenceSettleMs: 10_000 };

const Environment = z.object({
  DATABASE_URL_DIRECT: z.string().min(1),
  XMPP_SERVICE: z.string().regex(/^xmpps?:\/\/[^/]+$/, 'takes xmpp://HOST:PORT'),
  XMPP_JID: z.string().regex(/^[^@/]+@[^@/]+$/, "takes the directory account's bare JID"),
  XMPP_PASSWORD: z.string().min(1),
  CRAWL_DOMAINS: z.string().default(''),
  PROBE: z.enum(['consented', 'never']).default('consented'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  IQ_TIMEOUT_MS: z.coerce.number().int().positive().default(crawlLimits.iqTimeoutMs),
  ABSENCE_MS: z.coerce.number().int().nonnegative().default(crawlLimits.absenceMs),
  PRESENCE_SETTLE_MS: z.coerce.number().int().positive().default(crawlLimits.presenceSettleMs),
});

/** @throws {Error} that names each variable with what it takes. */
export function readConfig(environment: { [name: string]: string | undefined }): Config {
  const read = Environment.safeParse({
    ...environment,
    DATABASE_URL_DIRECT: environment.DATABASE_URL_DIRECT ?? environment.DATABASE_URL,
  });
  if (!read.success) {
    throw new Error(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const env = read.data;
  const jid = parseJid(env.XMPP_JID);
  return {
    databaseUrl: env.DATABASE_URL_DIRECT,
    xmpp: { service: env.XMPP_SERVICE, domain: jid.domain, username: jid.local, password: env.XMPP_PASSWORD },
    policy: parsePolicy(env.CRAWL_DOMAINS, jid.domain),
    probe: env.PROBE,
    logLevel: env.LOG_LEVEL,
    limits: {
      iqTimeoutMs: env.IQ_TIMEOUT_MS,
      absenceMs: env.ABSENCE_MS,
      presenceSettleMs: env.PRESENCE_SETTLE_MS,
    },
  };
}
