import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './errors.ts';
import { findProgram } from './packages.ts';
import { prosodyConfig, pubsubLocalOwners } from './prosody-config.ts';
import {
  type ServerOptions,
  type ServerSettings,
  serverSettings,
  startServer,
  type XmppServer,
} from './xmpp-server.ts';

export interface ProsodyOptions extends ServerOptions {
  rateLimit?: string | undefined;
}

/**
 * Starts one Prosody server and waits until clients can connect.
 *
 * @throws StackError when a port is in use, Prosody is missing, or it ends while starting.
 */
export async function startProsody(options: ProsodyOptions): Promise<XmppServer> {
  const command = findProgram('prosody');
  if (!command)
    throw new StackError('Prosody is not installed: install the package "prosody", then start again.');
  const settings = serverSettings(options);
  return startServer('Prosody', {
    settings,
    logFile: options.logFile,
    // It listens for components only where it has some.
    awaited: [settings.c2sPort],
    program: () => ({
      command,
      args: ['--config', writeFiles(options, settings), '-F'],
      stopTimeoutMs: 5_000,
    }),
  });
}

function writeFiles(options: ProsodyOptions, server: ServerSettings): string {
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
  // It holds the components' secrets.
  writeFileSync(config, prosodyConfig({ ...server, rateLimit: options.rateLimit, files }), { mode: 0o600 });
  return config;
}
