import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { startNetwork } from '../../scripts/stack/network.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { freeAddresses } from './addresses.ts';
import { afterwards } from './afterwards.ts';
import type { ComponentAddress } from './component.ts';

export type OwnServer = {
  service: string;
  domain: string;
  ca: string;
  component: ComponentAddress;
  kill(): void;
  /** Starts it again with the data it had. */
  restart(): Promise<void>;
};

export type OwnNetwork = {
  servers: OwnServer[];
  /** The server of agents.test. */
  home: OwnServer;
  /** The server of works.test; where there is no federation, that of agents.test again. */
  far: OwnServer;
  federated: boolean;
};

/**
 * Servers of one test file's own, agents.test first: only one connection at a time can be a component, and what a file
 * does to a server should be felt by nobody else.
 */
export async function ownNetwork(): Promise<OwnNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-network-'));
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  const componentSecret = 'a secret of the tests';
  const network = await startNetwork({
    dir: join(dir, 'xmpp'),
    logDir: join(dir, 'log'),
    addresses: (await freeAddresses()) ?? ['127.0.0.2', '127.0.0.3'],
    c2sPort: await freePort(),
    componentPort: await freePort(),
    componentSecret,
  });
  afterwards(() => network.stop());
  const authority = readFileSync(network.authority, 'utf8');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), authority]);
  const servers = network.servers.map(({ domain, service, componentService }) => ({
    domain,
    service,
    ca: network.authority,
    component: { service: componentService, domain: `guildhall.${domain}`, secret: componentSecret },
    kill: () => network.servers.find((server) => server.domain === domain)?.kill('SIGKILL'),
    restart: async () => void (await network.restart(domain)),
  }));
  const [home, far] = [servers[0], servers.at(-1)];
  if (!home || !far) throw new Error('the network has no server');
  return { servers, home, far, federated: network.federated };
}
