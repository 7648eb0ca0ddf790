import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFiles } from './certificates.ts';
import { type Child, startChild } from './child.ts';
import { StackError } from './errors.ts';
import { findProgram } from './packages.ts';
import { requireFreePort, waitForPort } from './ports.ts';
import { prosodyConfig, pubsubLocalOwners } from './prosody-config.ts';

export interface ProsodyOptions {
  /** Where the server keeps its configuration and data. */
  dir: string;
  logFile: string;
  domain: string;
  address: string;
  c2sPort: number;
  componentPort: number;
  /** Both servers of a federation must use the same one, since no SRV record says another. */
  s2sPort?: number;
  /** Every host name of the federation, components too, and the address it is at. */
  hosts: Map<string, string>;
  /** The development CA's certificate file. */
  authority: string;
  certificate: CertificateFiles;
  components?: { name: string; secret: string }[];
  rateLimit?: string | undefined;
}

export interface Prosody {
  domain: string;
  address: string;
  /** The address for clients, as the XMPP library takes it. */
  service: string;
  /** The address for external components. */
  componentService: string;
  pid: number;
  exited: Child['exited'];
  running(): boolean;
  tail(): string;
  stop(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/**
 * Starts one Prosody server and waits until clients can connect.
 *
 * @throws StackError when a port is in use, Prosody is missing, or it ends while starting.
 */
export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const { domain, address, c2sPort, componentPort, s2sPort = 5269 } = options;
  const program = findProgram('prosody');
  if (!program)
    throw new StackError('Prosody is not installed: install the package "prosody", then start again.');
  const name = `Prosody for ${domain}`;
  for (const port of [c2sPort, componentPort, s2sPort]) {
    await requireFreePort(name, address, port, 'end the program that uses it, then start again');
  }
  const child = await startChild({
    name,
    command: program,
    args: ['--config', writeFiles(options, s2sPort), '-F'],
    logFile: options.logFile,
    stopTimeoutMs: 5_000,
  });
  if (!(await waitForPort(address, c2sPort, child.exited))) {
    await child.stop();
    throw new StackError(`${name} did not start; see ${options.logFile}, which ends with:\n${child.tail()}`);
  }
  return {
    domain,
    address,
    service: `xmpp://${address}:${c2sPort}`,
    componentService: `xmpp://${address}:${componentPort}`,
    pid: child.pid,
    exited: child.exited,
    running: child.running,
    tail: child.tail,
    stop: child.stop,
    kill: child.kill,
  };
}

function writeFiles(options: ProsodyOptions, s2sPort: number): string {
  const { dir } = options;
  const files = {
    data: join(dir, 'data'),
    plugins: join(dir, 'plugins'),
    hosts: join(dir, 'hosts'),
    pid: join(dir, 'prosody.pid'),
    authority: options.authority,
    ...options.certificate,
  };
  mkdirSync(files.data, { recursive: true });
  mkdirSync(files.plugins, { recursive: true });
  writeFileSync(files.hosts, [...options.hosts].map(([host, address]) => `${address} ${host}\n`).join(''));
  writeFileSync(join(files.plugins, 'mod_pubsub_local_owners.lua'), pubsubLocalOwners);
  const config = join(dir, 'prosody.cfg.lua');
  const settings = { ...options, s2sPort, components: options.components ?? [], files };
  // It holds the components' secrets.
  writeFileSync(config, prosodyConfig(settings), { mode: 0o600 });
  return config;
}
