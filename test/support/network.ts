import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { startNetwork } from '../../scripts/stack/network.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { freeAddresses } from './addresses.ts';
import { afterwards } from './afterwards.ts';
import type { ComponentAddress } from './component.ts';

export type OwnServer = { service: string; domain: string; ca: string; component: ComponentAddress };

/**
 * Servers of one test file's own, agents.test first: only one connection at a time can be a component, and what a file
 * does to a server should be felt by nobody else.
 */
export async function ownNetwork(): Promise<{ servers: OwnServer[]; federated: boolean }> {
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
  }));
  return { servers, federated: network.federated };
}
