import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { migrate } from './migrate.ts';
import {
  expectedListings,
  neverListed,
  onlineLine,
  sampleComponents,
  sampleRooms,
} from './specialists/catalogue.ts';
import { type Child, startChild } from './stack/child.ts';
import { StackError } from './stack/errors.ts';
import { awaitListings } from './stack/first-crawl.ts';
import { asked, createLifetime, type Lifetime } from './stack/lifetime.ts';
import { startNeonEndpoint } from './stack/neon-endpoint.ts';
import { hasAddresses, type Network, startNetwork } from './stack/network.ts';
import { ensurePackages } from './stack/packages.ts';
import { root, stateDir } from './stack/paths.ts';
import { startPostgres } from './stack/postgres.ts';
import { createProgress, type Progress } from './stack/progress.ts';
import { claimRun, type RunClaim } from './stack/run-file.ts';
import { invitation, report } from './stack/said.ts';
import { ownSecrets, type Secrets } from './stack/secrets.ts';
import { readSettings, type Settings } from './stack/settings.ts';
import { startFunctions } from './stack/workerd.ts';

const addresses: [string, string] = ['127.0.0.2', '127.0.0.3'];
const database = 'guildhall';
const firstCrawlTimeoutMs = 120_000;
const specialistsTimeoutMs = 60_000;
const logDir = join(stateDir, 'log');
const stackFile = join(stateDir, 'dev.json');

/** What every step of the start is given. */
interface Context {
  settings: Settings;
  secrets: Secrets;
  lifetime: Lifetime;
  progress: Progress;
  run: RunClaim;
}

interface Watched {
  pid: number;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  tail(): string;
  stop(): Promise<void>;
}

/** Has a child end with the stack, and the stack with the child. */
function adopt({ run, lifetime }: Context, name: string, child: Watched, log: string): void {
  run.add(name, child.pid);
  lifetime.watch(child, name, relative(root, logFile(log)));
  lifetime.onEnd(child.stop);
}

function logFile(name: string): string {
  return join(logDir, `${name}.log`);
}

/** As what the functions connect to the embedded database. */
const edgeUser = 'guildhall_edge';

async function startDatabase(context: Context): Promise<{ url: string; direct: string }> {
  const { settings, progress } = context;
  const { DATABASE_URL, DATABASE_URL_DIRECT } = settings;
  if (DATABASE_URL !== undefined) {
    progress.step('Migrating the database of DATABASE_URL');
    const direct = DATABASE_URL_DIRECT ?? DATABASE_URL;
    await migrate(direct, DATABASE_URL).catch(
      asSentence('The database of DATABASE_URL cannot be used', 'mend it'),
    );
    return { url: DATABASE_URL, direct };
  }
  progress.step('Starting PostgreSQL');
  const postgres = await startPostgres({
    dir: join(stateDir, 'postgres'),
    port: settings.PG_PORT,
    logFile: logFile('postgres'),
    log: progress.step,
  });
  adopt(context, 'PostgreSQL', postgres, 'postgres');
  progress.step('Migrating the database');
  await postgres.createDatabase(database);
  const direct = postgres.url(database);
  const url = postgres.url(database, { user: edgeUser, password: context.secrets.edgePassword });
  await migrate(direct, url).catch(
    asSentence('The database could not be migrated', 'clear it with "npm run reset"'),
  );
  return { url, direct };
}

function asSentence(what: string, remedy: string): (error: Error) => never {
  return (error) => {
    // Drizzle's own message is the whole statement; PostgreSQL's, below it, says what is wrong.
    const { message } = error.cause instanceof Error ? error.cause : error;
    throw new StackError(`${what} (${message}): ${remedy}, then start again.`, { cause: error });
  };
}

async function startServers(context: Context): Promise<Network> {
  const { settings, secrets, progress } = context;
  progress.step('Starting the XMPP servers');
  const network = await startNetwork({
    dir: join(stateDir, 'xmpp'),
    certificateDir: join(stateDir, 'certificates'),
    logDir,
    addresses,
    c2sPort: settings.C2S_PORT,
    componentPort: settings.COMPONENT_PORT,
    componentSecret: secrets.componentSecret,
    components: sampleComponents.map((component) => ({
      ...component,
      secret: secrets.sampleSecrets[component.name] as string,
    })),
    log: progress.say,
  });
  for (const server of network.servers) adopt(context, `Prosody for ${server.domain}`, server, server.domain);
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    readFileSync(network.authority, 'utf8'),
  ]);
  return network;
}

/** Where the directory lives, and what it may read. */
interface Directory {
  jid: string;
  service: string;
  domain: string;
  crawlDomains: string;
}

/** The directory is the component `guildhall` of the first server. */
function directoryOf(network: Network): Directory {
  const [home] = network.servers;
  if (!home) throw new Error('the network has no server');
  return {
    jid: `guildhall.${home.domain}`,
    service: home.componentService,
    domain: home.domain,
    crawlDomains: network.servers.map((server) => server.domain).join(','),
  };
}

/** Returns the address of the HTTP functions. */
async function startHttp(context: Context, databaseUrl: string, directory: Directory): Promise<string> {
  const { settings, lifetime, progress } = context;
  progress.step('Starting the HTTP functions');
  const neon = await startNeonEndpoint({ port: settings.NEON_PORT });
  lifetime.onEnd(neon.stop);
  const functions = await startFunctions({
    port: settings.PORT,
    databaseUrl,
    neonEndpoint: neon.url,
    bindings: {
      CRAWL_DOMAINS: directory.crawlDomains,
      DIRECTORY_DOMAIN: directory.domain,
      ...(settings.PUBLIC_URL && { PUBLIC_URL: settings.PUBLIC_URL }),
    },
    logFile: logFile('functions'),
  });
  adopt(context, 'The HTTP functions', functions, 'functions');
  return functions.url;
}

/** Starts the specialists and waits for them: the worker's first crawl then finds what they have published. */
async function startSpecialists(context: Context, network: Network): Promise<void> {
  const { lifetime, progress } = context;
  progress.step('Starting the sample specialists');
  const args = ['scripts/specialists/main.ts', '--stack', stackFile];
  const child = await startScript(context, 'The sample specialists', 'specialists', args, network, {});
  const online = new Promise<void>((resolve) => {
    child.onLine((line) => {
      if (line === onlineLine) resolve();
    });
  });
  const { signal } = lifetime;
  await Promise.race([online, sleep(specialistsTimeoutMs, undefined, { signal, ref: false })]);
}

async function startWorker(
  context: Context,
  db: { url: string; direct: string },
  network: Network,
  directory: Directory,
): Promise<void> {
  const { secrets, progress } = context;
  const rooms = sampleRooms(network.servers.map((server) => server.domain));
  progress.step('Starting the worker');
  await startScript(context, 'The worker', 'worker', ['worker/main.ts'], network, {
    DATABASE_URL: db.url,
    DATABASE_URL_DIRECT: db.direct,
    XMPP_SERVICE: directory.service,
    XMPP_JID: directory.jid,
    XMPP_PASSWORD: secrets.componentSecret,
    CRAWL_DOMAINS: directory.crawlDomains,
    ROOMS: [...rooms, process.env.ROOMS].filter(Boolean).join(','),
  });
}

/** Runs a script of ours under this Node, as a child that trusts the development CA. */
async function startScript(
  context: Context,
  name: string,
  log: string,
  args: string[],
  network: Network,
  variables: Record<string, string>,
): Promise<Child> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...variables, NODE_EXTRA_CA_CERTS: network.authority };
  delete env.NODE_ENV;
  const child = await startChild({
    name,
    command: process.execPath,
    args,
    cwd: root,
    env,
    logFile: logFile(log),
  });
  adopt(context, name, child, log);
  return child;
}

/** Starts everything in order; between two steps it stops when it is asked to. */
async function startAll(context: Context): Promise<void> {
  const { lifetime, progress } = context;
  const { signal } = lifetime;
  progress.step('Looking for Prosody');
  const federated = await hasAddresses(addresses);
  await ensurePackages(['prosody', ...(federated ? ['lua-unbound' as const] : [])], { log: progress.step });
  signal.throwIfAborted();
  const db = await startDatabase(context);
  signal.throwIfAborted();
  const network = await startServers(context);
  signal.throwIfAborted();
  const directory = directoryOf(network);
  const http = await startHttp(context, db.url, directory);
  signal.throwIfAborted();

  lifetime.onEnd(() => rmSync(stackFile, { force: true }));
  const stack = {
    http,
    database: db.url,
    directory: directory.jid,
    xmpp: network.servers.map(({ domain, service }) => ({
      domain,
      service,
      ca: network.authority,
      registration: true,
    })),
    components: network.components,
  };
  // It holds the database's password and the components' secrets.
  writeFileSync(stackFile, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  await startSpecialists(context, network);
  signal.throwIfAborted();
  await startWorker(context, db, network, directory);

  const domains = stack.xmpp.map(({ domain }) => domain);
  const wanted = expectedListings(domains);
  const found = await awaitListings(http, wanted, {
    never: neverListed(domains),
    timeoutMs: firstCrawlTimeoutMs,
    signal,
    onProgress: (count) => progress.step(`${count} of ${wanted.length} sample listings indexed`),
  });
  progress.end();
  progress.say(invitation(http, found, logDir));
}

async function main(): Promise<number> {
  // The reader may be gone (a closed terminal, a pipe to head): that must not keep the end from running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const lifetime = createLifetime();
  const progress = createProgress(process.stdout);
  let failure: unknown;
  try {
    const settings = readSettings(process.env);
    const run = await claimRun(stateDir);
    lifetime.onEnd(run.release);
    // A run that was killed could not remove it, and it would point to nothing.
    rmSync(stackFile, { force: true });
    const secrets = ownSecrets(
      join(stateDir, 'secrets.json'),
      sampleComponents.map(({ name }) => name),
    );
    await startAll({ settings, secrets, lifetime, progress, run });
    await lifetime.ended();
  } catch (error) {
    failure = error;
  }
  // A child's death explains more than what failed for want of it.
  if (lifetime.signal.aborted) failure = lifetime.signal.reason;
  progress.end();
  if (failure !== asked) report(failure, logFile('start'));
  else progress.say('Ending');
  await lifetime.close();
  return failure === asked ? 0 : 1;
}

process.exit(await main());
