import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { registerAccount } from '../../scripts/register.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { type Functions, startFunctions } from '../../scripts/stack/workerd.ts';
import { type Config, type CrawlLimits, readConfig } from '../../worker/config.ts';
import { directoryResource } from '../../worker/directory.ts';
import type { Log } from '../../worker/log.ts';
import { startWorker, type Worker } from '../../worker/worker.ts';
import { afterwards } from './afterwards.ts';
import { freshDatabase } from './database.ts';
import type { OwnServer } from './network.ts';

export type TestDirectory = {
  /** The bare JID to which agents subscribe. */
  jid: string;
  /** Where it answers questions: its full JID, or its own domain where it is a component. */
  address: string;
  databaseUrl: string;
  /** As what the functions connect. */
  edgeUrl: string;
  db: Database;
  /** The environment of a worker that is a process of its own. */
  environment: { [name: string]: string };
};

/** A server to which a directory belongs: as an account, or as the component that is named. */
export type Home = {
  service: string;
  domain: string;
  ca: string;
  /** Present where the directory is a component of the server. */
  directory?: { service: string; domain: string; secret: string };
};

/** An account, or the home's component, and a database for one test file's directory. */
export async function createDirectory(
  server: Home | undefined = inject('stack').xmpp[0],
): Promise<TestDirectory> {
  if (!server) throw new Error('no XMPP server');
  const { url, edgeUrl } = await freshDatabase();
  const { db, end } = connectWorker(url, () => undefined);
  afterwards(end);
  const { directory: component } = server;
  const jid = component?.domain ?? (await registeredAccount(server));
  return {
    jid,
    address: component ? jid : `${jid}/${directoryResource}`,
    databaseUrl: url,
    edgeUrl,
    db,
    environment: {
      DATABASE_URL_DIRECT: url,
      XMPP_SERVICE: component?.service ?? server.service,
      XMPP_JID: jid,
      XMPP_PASSWORD: component?.secret ?? password,
      CRAWL_DOMAINS: 'agents.test,works.test',
      NODE_EXTRA_CA_CERTS: server.ca,
      IQ_TIMEOUT_MS: '3000',
      ABSENCE_MS: '3000',
      PRESENCE_SETTLE_MS: '1500',
    },
  };
}

const password = 'test';

async function registeredAccount({ service, domain }: Home): Promise<string> {
  const username = `d${randomBytes(5).toString('hex')}`;
  await registerAccount({ service, domain, username, password });
  return `${username}@${domain}`;
}

/** The server as the home of a directory that is its component; for servers of a test file's own. */
export function asComponent(server: OwnServer): OwnServer & Home {
  return { ...server, directory: server.component };
}

/** A worker in this process, and what it logged. */
export type TestWorker = Worker & { logged: Logged };

/** What differs from a worker of the tests in its configuration. */
export type WorkerOptions = Partial<Omit<Config, 'limits' | 'policy'>> & {
  limits?: Partial<CrawlLimits>;
  /** What `CRAWL_DOMAINS` would say. */
  crawlDomains?: string;
};

export type Logged = { level: string; event: string; details: { [key: string]: unknown } }[];

/** Runs the bot in this process until the file's tests are done; what it logs is kept. */
export async function runWorker(
  directory: TestDirectory,
  { limits, crawlDomains = 'agents.test,works.test', ...config }: WorkerOptions = {},
): Promise<TestWorker> {
  const logged: Logged = [];
  const log: Log = (level, event, details = {}) => {
    logged.push({ level, event, details });
    if (process.env.TEST_LOG) console.log(level, event, JSON.stringify(details));
  };
  const configured = readConfig({ ...directory.environment, CRAWL_DOMAINS: crawlDomains });
  const worker = await startWorker(
    {
      ...configured,
      ...config,
      limits: { ...configured.limits, sweepPeriodMs: 500, ...limits },
    },
    log,
  );
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= worker.stop();
    return stopped;
  };
  afterwards(stop);
  return { ...worker, stop, logged };
}

/** Runs the bot as a process, which a test can kill. */
export function spawnWorker(directory: TestDirectory): ChildProcess {
  const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...directory.environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  afterwards(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the functions in workerd over the directory's database. */
export async function runFunctions(directory: { edgeUrl: string }): Promise<Functions> {
  const functions = await startFunctions({
    port: await freePort(),
    databaseUrl: directory.edgeUrl,
    neonEndpoint: inject('stack').neonEndpoint,
    bindings: { CRAWL_DOMAINS: 'agents.test,works.test', DIRECTORY_DOMAIN: 'agents.test' },
  });
  afterwards(() => functions.stop());
  return functions;
}

/** A directory with its worker, and its functions at `http`. */
export type RunningDirectory = TestDirectory & TestWorker & { http: string };

/** Runs a directory of a test file's own until the file's tests are done; it is online. */
export async function startDirectory(
  server?: Parameters<typeof createDirectory>[0],
  options?: WorkerOptions,
): Promise<RunningDirectory> {
  const directory = await createDirectory(server);
  const [functions, worker] = await Promise.all([runFunctions(directory), runWorker(directory, options)]);
  await until('the directory is online', async () => worker.session.ready);
  return { ...directory, ...worker, http: functions.url };
}

/** Long, since the machine may be busy or slow: waiting costs nothing where a test passes. */
const untilMs = 120_000;

/** Polls until the value is there. @throws where that takes too long */
export async function until<T>(
  what: string,
  poll: () => Promise<T | undefined | null | false>,
  timeoutMs = untilMs,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await poll();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await wait(50);
  }
}
