/** The settings of the functions on Node. */

import { z } from 'zod';
import { ReferralsSetting } from './referrals.ts';
import { settings } from './settings.ts';

function whole(min: number, max: number) {
  const takes = `takes a whole number from ${min} to ${max}`;
  return z.coerce.number(takes).int(takes).min(min, takes).max(max, takes);
}

export const NodeEnvironment = z.object({
  DATABASE_URL: z.string('takes the address of a Postgres database, postgres://…').min(1),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('takes a port number').int().min(0).max(65_535).default(8420),
  PUBLIC_URL: settings.PUBLIC_URL,
  CRAWL_DOMAINS: z.string().default(''),
  DIRECTORY_DOMAIN: z.string().optional(),
  ARD_REFERRALS: ReferralsSetting,
  READS_PER_MINUTE: settings.READS_PER_MINUTE,
  /** How many proxies stand before the functions, each appending to `X-Forwarded-For`. */
  TRUST_PROXY: whole(0, 10).default(0),
  ANSWERS_KEPT_MB: settings.ANSWERS_KEPT_MB,
  ACCESS_LOG: settings.ACCESS_LOG,
  CONNECTIONS_MAX: whole(1, 1_000_000).default(4096),
});
export type NodeEnvironment = z.infer<typeof NodeEnvironment>;
