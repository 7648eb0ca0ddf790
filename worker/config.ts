/** The worker's environment, read once. */

import { z } from 'zod';
import { type Policy, parsePolicy, serverOf } from '../market/policy.ts';
import { bareJid, type Jid, tryJid } from '../protocol/jid.ts';
import { safeLink } from '../protocol/link.ts';
import { type Rates, ratesDefault } from './allowance.ts';
import { logLevels } from './log.ts';

/** The directory as a client of a server. */
export type Account = { service: string; domain: string; username: string; password: string };
/** The directory as an external component (XEP-0114), whose domain is its address. */
export type Component = { service: string; domain: string; secret: string };

export function isAccount(xmpp: Account | Component): xmpp is Account {
  return 'username' in xmpp;
}

export type Config = {
  databaseUrl: string;
  /** The directory's address: a bare JID, or a component's domain. */
  jid: string;
  xmpp: Account | Component;
  policy: Policy;
  /** Chat rooms to enter, and user directories to search. */
  rooms: Jid[];
  userDirectories: ReadonlySet<string>;
  probe: 'consented' | 'never';
  /** Where the operator can be written to, as links. */
  contacts: string[];
  logLevel: (typeof logLevels)[number];
  /** How much may be asked of the directory over XMPP. */
  rates: Rates;
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
  /** How often each agent's reachability is observed: the period of its pings. */
  pingPeriodMs: number;
  /** How often what is overdue is swept up. */
  sweepPeriodMs: number;
  /** How long an agent may take over one stage of a call; less than what the contract waits. */
  callTimeoutMs: number;
};

export const crawlLimits: CrawlLimits = {
  iqTimeoutMs: 20_000,
  absenceMs: 60_000,
  presenceSettleMs: 10_000,
  pingPeriodMs: 300_000,
  sweepPeriodMs: 600_000,
  callTimeoutMs: 110_000,
};

/** A comma list of addresses. */
function addresses(what: string) {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
        .map(tryJid),
    )
    .refine((jids) => jids.every((jid) => jid !== null), `takes a comma list of the addresses of ${what}`)
    .transform((jids) => jids.filter((jid) => jid !== null));
}

const contactsMax = 10;

/** A comma list of links. */
const Contacts = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => (/^(https|mailto|xmpp):/.test(part) ? safeLink(part) : null)),
  )
  .refine(
    (links) => links.length <= contactsMax && links.every((link) => link !== null),
    `takes a comma list of at most ${contactsMax} links: https:, mailto: or xmpp:`,
  )
  .transform((links) => links.filter((link) => link !== null));

/** The ports of XMPP: RFC 6120 §14.7, XEP-0368 §8, and what servers give components. */
const defaultPorts = { client: 5222, clientOverTls: 5223, component: 5347 } as const;

const takesService = 'takes xmpp://HOST:PORT or xmpps://HOST:PORT';
const takesAddress = "takes the directory's address: its account's bare JID, or its component's domain";

const Environment = z.object({
  DATABASE_URL_DIRECT: z.string('takes the address of a Postgres database, postgres://…').min(1),
  XMPP_SERVICE: z.string(takesService).regex(/^xmpps?:\/\/[^/]+$/, takesService),
  XMPP_JID: z
    .string(takesAddress)
    .transform(tryJid)
    .refine((jid) => jid !== null, takesAddress)
    .refine((jid) => !jid?.resource, takesAddress),
  XMPP_PASSWORD: z.string("takes the account's password, or the component's secret").min(1),
  CRAWL_DOMAINS: z.string().default(''),
  ROOMS: addresses('rooms'),
  USER_DIRECTORIES: addresses('user directories'),
  CONTACTS: Contacts,
  PROBE: z.enum(['consented', 'never']).default('consented'),
  QUESTIONS_PER_MINUTE: z.coerce.number().int().nonnegative().default(ratesDefault.perJid),
  DOMAIN_QUESTIONS_PER_MINUTE: z.coerce.number().int().nonnegative().default(ratesDefault.perSite),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  IQ_TIMEOUT_MS: z.coerce.number().int().positive().default(crawlLimits.iqTimeoutMs),
  ABSENCE_MS: z.coerce.number().int().nonnegative().default(crawlLimits.absenceMs),
  PRESENCE_SETTLE_MS: z.coerce.number().int().positive().default(crawlLimits.presenceSettleMs),
  PING_PERIOD_MS: z.coerce.number().int().positive().default(crawlLimits.pingPeriodMs),
  SWEEP_PERIOD_MS: z.coerce.number().int().positive().default(crawlLimits.sweepPeriodMs),
  CALL_TIMEOUT_MS: z.coerce.number().int().positive().default(crawlLimits.callTimeoutMs),
});

/** @throws {Error} that names each variable with what it takes. */
export function readConfig(environment: { [name: string]: string | undefined }): Config {
  const read = Environment.safeParse({
    ...environment,
    DATABASE_URL_DIRECT: environment.DATABASE_URL_DIRECT || environment.DATABASE_URL,
  });
  if (!read.success) {
    throw new Error(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const env = read.data;
  const jid = env.XMPP_JID as Jid;
  const { XMPP_SERVICE: given, XMPP_PASSWORD: password } = env;
  const isOverTls = given.startsWith('xmpps:');
  const port = defaultPorts[!jid.local ? 'component' : isOverTls ? 'clientOverTls' : 'client'];
  const service = /:\d+$/.test(given) ? given : `${given}:${port}`;
  // XEP-0114 knows no TLS.
  if (!jid.local && isOverTls)
    throw new Error('XMPP_SERVICE: takes xmpp://HOST:PORT for a component, whose stream has no TLS');
  return {
    databaseUrl: env.DATABASE_URL_DIRECT,
    jid: bareJid(jid),
    xmpp: jid.local
      ? { service, domain: jid.domain, username: jid.local, password }
      : { service, domain: jid.domain, secret: password },
    policy: parsePolicy(env.CRAWL_DOMAINS, jid.local ? jid.domain : serverOf(jid.domain)),
    rooms: env.ROOMS,
    userDirectories: new Set(env.USER_DIRECTORIES.map(bareJid)),
    probe: env.PROBE,
    contacts: env.CONTACTS,
    logLevel: env.LOG_LEVEL,
    rates: { perJid: env.QUESTIONS_PER_MINUTE, perSite: env.DOMAIN_QUESTIONS_PER_MINUTE },
    limits: {
      iqTimeoutMs: env.IQ_TIMEOUT_MS,
      absenceMs: env.ABSENCE_MS,
      presenceSettleMs: env.PRESENCE_SETTLE_MS,
      pingPeriodMs: env.PING_PERIOD_MS,
      sweepPeriodMs: env.SWEEP_PERIOD_MS,
      callTimeoutMs: env.CALL_TIMEOUT_MS,
    },
  };
}
