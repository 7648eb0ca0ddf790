import { join } from 'node:path';
import { ensureCertificates } from './certificates.ts';
import { whyNotBindable } from './ports.ts';
import { type ProsodyOptions, startProsody } from './prosody.ts';
import type { XmppServer } from './xmpp-server.ts';

/** The two servers of every development or test network. */
export const domains = ['agents.test', 'works.test'] as const;

export interface NetworkOptions {
  dir: string;
  logDir: string;
  /** One loopback address for each server. */
  addresses: [string, string];
  c2sPort: number;
  componentPort: number;
  s2sPort?: number;
  /** The secret of the component `guildhall.DOMAIN` on each server. */
  componentSecret: string;
  /** Further external components: NAME below the domain of the server of that index, or of the only one. */
  components?: readonly { name: string; domainIndex: number; secret: string }[];
  /** Bytes a second that a connection may send, such as "10kb/s"; without it, no limit. */
  rateLimit?: string;
  /** Where the certificates are kept: `certificates` under `dir` unless another network's are to be used. */
  certificateDir?: string;
  log?: (line: string) => void;
}

/** An external component that may connect, beside `guildhall.DOMAIN`. */
export interface NetworkComponent {
  name: string;
  domain: string;
  /** The server's address for external components. */
  service: string;
  secret: string;
}

export interface Network {
  /** The development CA's certificate file. */
  authority: string;
  servers: XmppServer[];
  components: NetworkComponent[];
  /** False where the machine has a single loopback address, and therefore a single server. */
  federated: boolean;
  /** Starts one server again, after it was killed, with the data it had. */
  restart(domain: string): Promise<XmppServer>;
  stop(): Promise<void>;
}

/**
 * Starts the servers agents.test and works.test, which federate over TLS; only agents.test, on 127.0.0.1,
 * where loopback has no further addresses (macOS).
 *
 * @throws StackError when a port is in use or a server ends while starting.
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { dir, log = () => {} } = options;
  const federated = await hasAddresses(options.addresses);
  const members = federated
    ? domains.map((domain, index) => ({ domain, address: options.addresses[index] as string }))
    : [{ domain: domains[0], address: '127.0.0.1' }];
  if (!federated) {
    log(
      `This machine's loopback has only 127.0.0.1, so there is one server, ${domains[0]}, and no federation.`,
    );
  }
  const certificateDir = options.certificateDir ?? join(dir, 'certificates');
  const { authority, servers: certificates } = await ensureCertificates(certificateDir, [...domains]);
  const components = (options.components ?? []).map(({ name, domainIndex, secret }) => {
    const { domain, address } = members[domainIndex] ?? (members[0] as (typeof members)[number]);
    const service = `xmpp://${address}:${options.componentPort}`;
    return { name, domain: `${name}.${domain}`, service, secret, home: domain, address };
  });
  const hosts = new Map([
    ...members.flatMap(({ domain, address }) =>
      ['', 'pubsub.', 'rooms.', 'guildhall.'].map((prefix) => [`${prefix}${domain}`, address] as const),
    ),
    ...components.map(({ domain, address }) => [domain, address] as const),
  ]);

  const settings = new Map<string, ProsodyOptions>();
  for (const { domain, address } of members) {
    const certificate = certificates.get(domain);
    if (!certificate) throw new Error(`no certificate for ${domain}`);
    settings.set(domain, {
      dir: join(dir, domain),
      logFile: join(options.logDir, `${domain}.log`),
      domain,
      address,
      c2sPort: options.c2sPort,
      componentPort: options.componentPort,
      s2sPort: options.s2sPort ?? 5269,
      hosts,
      authority,
      certificate,
      components: [
        { name: `guildhall.${domain}`, secret: options.componentSecret },
        ...components
          .filter(({ home }) => home === domain)
          .map((component) => ({ name: component.domain, secret: component.secret })),
      ],
      rateLimit: options.rateLimit,
    });
  }
  const running = await runServers(settings);
  return {
    authority,
    federated,
    components: components.map(({ name, domain, service, secret }) => ({ name, domain, service, secret })),
    ...running,
  };
}

async function runServers(
  settings: Map<string, ProsodyOptions>,
): Promise<Pick<Network, 'restart' | 'servers' | 'stop'>> {
  const servers: XmppServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const options of settings.values()) servers.push(await startProsody(options));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    servers,
    async restart(domain) {
      const options = settings.get(domain);
      if (!options) throw new Error(`no server for ${domain}`);
      const index = servers.findIndex((server) => server.domain === domain);
      await servers[index]?.stop();
      const server = await startProsody(options);
      servers[index] = server;
      return server;
    },
    stop,
  };
}

/** Whether servers can listen on all of the addresses, as on Linux they can on all of 127.0.0.0/8. */
export async function hasAddresses(addresses: string[]): Promise<boolean> {
  const reasons = await Promise.all(addresses.map((address) => whyNotBindable(address, 0)));
  return reasons.every((reason) => reason === undefined);
}
