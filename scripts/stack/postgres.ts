import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { StackError } from './errors.ts';
import { requireFreePort } from './ports.ts';
import { type PostgresLauncher, postgresLauncher } from './postgres-launcher.ts';
import { commandLine, endProcess, processStamp } from './processes.ts';

const address = '127.0.0.1';
const user = 'guildhall';
const startTimeoutMs = 60_000;
const pollMs = 25;

export interface PostgresOptions {
  /** Where the data is kept. */
  dir: string;
  port: number;
  logFile: string;
  /** False trades safety against a power cut for speed; for tests. */
  durable?: boolean;
  log?: (line: string) => void;
}

export interface Postgres {
  pid: number;
  exited: Child['exited'];
  running(): boolean;
  tail(): string;
  /** The connection string of a database, as the server's owner or as that role. */
  url(database: string, as?: { user: string; password: string }): string;
  /** Creates a database, from a template when one is named; does nothing when it exists already. */
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/**
 * Starts the embedded PostgreSQL on loopback, with the data of an earlier run when there is any, also when
 * that run was killed.
 *
 * @throws StackError when the port is in use or the server ends while starting.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, port, logFile, durable = true, log = () => {} } = options;
  const dataDir = join(dir, 'data');
  await endLeftover(dataDir);
  await requireFreePort(
    'PostgreSQL',
    address,
    port,
    'end the program that uses it, or set PG_PORT to another',
  );
  mkdirSync(dir, { recursive: true });
  const launcher = await postgresLauncher(dir);
  const password = ownPassword(join(dir, 'password'));
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    log('Initialising the database');
    await initialise(launcher, dataDir, password, logFile);
  }

  const flags = ['-D', dataDir, '-p', String(port), '-c', `listen_addresses=${address}`];
  // Only TCP: a socket in a shared folder would meet those of other servers.
  flags.push('-c', 'unix_socket_directories=', '-c', 'max_connections=200');
  if (!durable) flags.push('-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off');
  const server = await startChild({
    name: 'PostgreSQL',
    ...launcher.command('postgres', flags),
    logFile,
    // Postgres ends its sessions on SIGINT, and waits for them on SIGTERM.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
  });
  const url = (database: string, as = { user, password }) =>
    `postgresql://${as.user}:${as.password}@${address}:${port}/${database}`;
  if (!(await answers(url('postgres'), server))) {
    await server.stop();
    throw new StackError(`PostgreSQL did not start; see ${logFile}, which ends with:\n${server.tail()}`);
  }
  return {
    pid: server.pid,
    exited: server.exited,
    running: server.running,
    tail: server.tail,
    url,
    createDatabase: (name, template) => createDatabase(url('postgres'), name, template),
    dropDatabase: (name) =>
      asOwner(url('postgres'), async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      }),
    stop: server.stop,
    kill: server.kill,
  };
}

async function initialise(
  launcher: PostgresLauncher,
  dataDir: string,
  password: string,
  logFile: string,
): Promise<void> {
  // What an interrupted initdb left; a finished one has PG_VERSION.
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { mode: 0o700 });
  launcher.giveTo(dataDir);
  const passwordFile = join(dataDir, '..', 'initial-password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  launcher.giveTo(passwordFile);
  const initdb = await startChild({
    name: 'initdb',
    ...launcher.command('initdb', [
      `--pgdata=${dataDir}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order and classes of characters on every machine, whatever locales it has.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      // pg_trgm asks the C library which characters are letters, and its plain C knows none beyond ASCII.
      `--lc-ctype=${unicodeLocale()}`,
    ]),
    logFile,
  });
  const { code } = await initdb.exited;
  rmSync(passwordFile, { force: true });
  if (code === 0) return;
  rmSync(dataDir, { recursive: true, force: true });
  throw new StackError(
    `PostgreSQL could not be initialised; see ${logFile}, which ends with:\n${initdb.tail()}`,
  );
}

/** Ends the server of an earlier run that was killed, and clears its mark when that pid is now another's. */
async function endLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  const stamp = pid > 0 ? processStamp(pid) : undefined;
  if (stamp === undefined) return;
  if (commandLine(pid).includes(dataDir)) {
    await endProcess(pid, stamp, ['SIGINT', 'SIGQUIT', 'SIGKILL']);
  }
  if (existsSync(pidFile)) rmSync(pidFile);
}

function unicodeLocale(): string {
  const { stdout } = spawnSync('locale', ['-a'], { encoding: 'utf8' });
  const present = (stdout ?? '').split('\n');
  return ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'en_US.utf8'].find((name) => present.includes(name)) ?? 'C';
}

function ownPassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function answers(url: string, server: Child): Promise<boolean> {
  const until = Date.now() + startTimeoutMs;
  while (server.running() && Date.now() < until) {
    try {
      await asOwner(url, (client) => client.query('SELECT 1'));
      return true;
    } catch {
      await sleep(pollMs);
    }
  }
  return false;
}

async function createDatabase(url: string, name: string, template?: string): Promise<void> {
  await asOwner(url, async (client) => {
    const from = template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${from}`);
    } catch (error) {
      const duplicateDatabase = '42P04';
      if ((error as { code?: string }).code !== duplicateDatabase) throw error;
    }
  });
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
