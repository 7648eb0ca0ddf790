/** What the crawl command is told: whom to look at, and as whom. */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Jid, parseJid, tryJid } from '../../protocol/jid.ts';
import { StackError } from '../stack/errors.ts';
import { stateDir } from '../stack/paths.ts';

export const usage = `Usage: npm run crawl -- --once JID_OR_DOMAIN [options]

Prints what one look of the directory finds there, and what its author may mend. Nothing is written anywhere.

  --once ADDRESS     whom to look at: a domain, an account (name@domain), or one resource of it (name@domain/resource)
  --probe            execute each command once whose inputs are stated nowhere, and cancel as soon as its form is there
  --subscribe        ask the account for its presence while looking, to learn where it is online
  --json             print JSON in place of the tree
  --jid ADDRESS      the account to look from, else CRAWL_JID; its password is CRAWL_PASSWORD
  --password TEXT    the same on the command line, where other users of the machine can see it
  --service URL      the account's server, xmpp://HOST:PORT, else CRAWL_SERVICE, else its domain
  --ca FILE          a further certificate authority (PEM), as NODE_EXTRA_CA_CERTS takes it
  --stack FILE       without an account: the running development stack, on which one is made for the while`;

export type CrawlOptions = {
  target: Jid;
  probe: boolean;
  subscribe: boolean;
  json: boolean;
  account: Account;
  ca: string | null;
  /** The HTTP address of the stack's directory, which may know where an agent is online. */
  http: string | null;
};

export type Account = {
  service: string;
  domain: string;
  username: string;
  password: string;
  /** Made for this look, and removed after it. */
  temporary: boolean;
};

const stackSchema = z.object({
  http: z.string().optional(),
  xmpp: z.array(z.object({ domain: z.string(), service: z.string(), ca: z.string().optional() })).min(1),
});

/** Null where help is asked for. @throws {StackError} that says what is missing or wrong. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): CrawlOptions | null {
  const values = parse(args);
  if (values.help) return null;
  if (!values.once) throw new StackError('Say whom to look at: npm run crawl -- --once JID_OR_DOMAIN');
  const target = tryJid(values.once.replace(/^xmpp:/, ''));
  if (!target) throw new StackError(`'${values.once}' is neither an XMPP address nor a domain.`);
  const { probe, subscribe, json } = values;
  if (subscribe && !target.local)
    throw new StackError('--subscribe takes an account: a domain has no presence.');
  const own = ownAccount(values, env);
  const from = own
    ? { account: own, ca: values.ca ?? null, http: null }
    : stackAccount(values, target.domain);
  return { target, probe, subscribe, json, ...from };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        once: { type: 'string' },
        probe: { type: 'boolean', default: false },
        subscribe: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        jid: { type: 'string' },
        password: { type: 'string' },
        service: { type: 'string' },
        ca: { type: 'string' },
        stack: { type: 'string', default: join(stateDir, 'dev.json') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new StackError(`${(error as Error).message}\n\n${usage}`);
  }
}

type Values = ReturnType<typeof parse>;

function ownAccount(values: Values, env: NodeJS.ProcessEnv): Account | null {
  const address = values.jid ?? env.CRAWL_JID;
  const password = values.password ?? env.CRAWL_PASSWORD;
  const service = values.service ?? env.CRAWL_SERVICE;
  if (!address) {
    if (!service && !password) return null;
    throw new StackError('Say which account to look from: --jid or CRAWL_JID.');
  }
  const jid = tryJid(address);
  if (!jid?.local) throw new StackError(`'${address}' is no account: --jid takes name@domain.`);
  if (!password) throw new StackError(`The password of ${address} is missing: set CRAWL_PASSWORD.`);
  if (service && !/^xmpps?:\/\/[^/]+$/.test(service)) {
    throw new StackError(`'${service}' is no server: --service takes xmpp://HOST:PORT.`);
  }
  const { local: username, domain } = jid;
  return { service: service ?? `xmpp://${domain}:5222`, domain, username, password, temporary: false };
}

function stackAccount(
  { stack: file, ca }: Values,
  domain: string,
): Pick<CrawlOptions, 'account' | 'ca' | 'http'> {
  if (!existsSync(file)) {
    throw new StackError(
      'There is no account to look from: give --jid and CRAWL_PASSWORD, or start the development stack with "npm start".',
    );
  }
  const read = stackSchema.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!read.success) throw new StackError(`${file} does not say where the development stack runs.`);
  const { xmpp, http } = read.data;
  const isHome = (host: string) => domain === host || domain.endsWith(`.${host}`);
  const server = xmpp.find((candidate) => isHome(candidate.domain)) ?? xmpp[0];
  if (!server) throw new StackError(`${file} names no XMPP server.`);
  const account = {
    service: server.service,
    domain: parseJid(server.domain).domain,
    username: `look-${randomBytes(6).toString('hex')}`,
    password: randomBytes(18).toString('base64url'),
    temporary: true,
  };
  return { account, ca: ca ?? server.ca ?? null, http: http ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
