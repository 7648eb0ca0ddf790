/** What XMPP servers of any make have in common here: what they are told, how they come up, what is known of them. */

import type { CertificateFiles } from './certificates.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { StackError } from './errors.ts';
import { requireFreePort, waitForPort } from './ports.ts';

/** What the configuration of any server says. */
export interface ServerSettings {
  domain: string;
  address: string;
  c2sPort: number;
  s2sPort: number;
  componentPort: number;
  /** The external components that may connect, by their full names. */
  components: { name: string; secret: string }[];
}

export interface ServerOptions extends Omit<ServerSettings, 's2sPort' | 'components'> {
  /** Where the server keeps its configuration and data. */
  dir: string;
  logFile: string;
  /** Both servers of a federation must use the same one, since no SRV record says another. */
  s2sPort?: number;
  /** Every host name of the federation, components too, and the address it is at. */
  hosts: Map<string, string>;
  /** The development CA's certificate file. */
  authority: string;
  certificate: CertificateFiles;
  components?: ServerSettings['components'];
}

export interface XmppServer {
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

/** The settings that the options come to. */
export function serverSettings({
  s2sPort = 5269,
  components = [],
  ...options
}: ServerOptions): ServerSettings {
  const { domain, address, c2sPort, componentPort } = options;
  return { domain, address, c2sPort, s2sPort, componentPort, components };
}

export type Launch = {
  settings: ServerSettings;
  logFile: string;
  /** The ports that answer once it is up, whatever its configuration. */
  awaited: number[];
  /** What to run; asked for once the ports are known to be free. */
  program: () => Omit<ChildOptions, 'name' | 'logFile'>;
};

/**
 * Starts a server of that make and waits until it can be connected to.
 *
 * @throws StackError when a port is in use, or the server ends while starting
 */
export async function startServer(make: string, launch: Launch): Promise<XmppServer> {
  const { settings, logFile, awaited, program } = launch;
  const { domain, address, c2sPort, s2sPort, componentPort } = settings;
  const name = `${make} for ${domain}`;
  for (const port of [c2sPort, componentPort, s2sPort]) {
    await requireFreePort(name, address, port, 'end the program that uses it, then start again');
  }
  const child = await startChild({ name, logFile, ...program() });
  for (const port of awaited) {
    if (await waitForPort(address, port, child.exited)) continue;
    await child.stop();
    throw new StackError(`${name} did not start; see ${logFile}, which ends with:\n${child.tail()}`);
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
