import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { ensureCertificates } from '../../scripts/stack/certificates.ts';
import { startEjabberd } from '../../scripts/stack/ejabberd.ts';
import { ensurePackages } from '../../scripts/stack/packages.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { startProsody } from '../../scripts/stack/prosody.ts';
import type { ServerOptions, XmppServer } from '../../scripts/stack/xmpp-server.ts';
import { freeAddresses } from './addresses.ts';
import { afterwards } from './afterwards.ts';
import type { OwnServer } from './network.ts';

/** A Prosody and an ejabberd, which federate. */
export const mixedDomains = ['agents.test', 'jabberd.test'] as const;
export type MixedDomain = (typeof mixedDomains)[number];
export type MixedNetwork = { [domain in MixedDomain]: OwnServer };

/** Installing ejabberd takes some 10 s where the network is fast, and happens once on a machine. */
export const mixedStartMs = 300_000;

const start = { 'agents.test': startProsody, 'jabberd.test': startEjabberd };
const prefixes = ['', 'pubsub.', 'rooms.', 'users.', 'guildhall.'];
const secret = 'a secret of the tests';

/** Starts servers of one test file's own. Where loopback has a single address (macOS) there is no federation. */
export async function mixedNetwork(): Promise<MixedNetwork> {
  await ensurePackages(['ejabberd'], { log: console.log });
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-federation-'));
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  const addresses = (await freeAddresses()) ?? ['127.0.0.2', '127.0.0.3'];
  const { authority, servers: certificates } = await ensureCertificates(join(dir, 'certificates'), [
    ...mixedDomains,
  ]);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority, 'utf8')]);
  const hosts = new Map(
    mixedDomains.flatMap((domain, at) =>
      prefixes.map((prefix) => [`${prefix}${domain}`, addresses[at] as string] as const),
    ),
  );
  const entries = mixedDomains.map(async (domain, at) => {
    const certificate = certificates.get(domain);
    if (!certificate) throw new Error(`no certificate for ${domain}`);
    const options = {
      dir: join(dir, domain),
      logFile: join(dir, 'log', `${domain}.log`),
      domain,
      address: addresses[at] as string,
      c2sPort: await freePort(addresses[at]),
      componentPort: await freePort(addresses[at]),
      hosts,
      authority,
      certificate,
      components: [{ name: `guildhall.${domain}`, secret }],
    };
    return [domain, await ownServer(domain, options)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function ownServer(domain: MixedDomain, options: ServerOptions): Promise<OwnServer> {
  let server: XmppServer = await start[domain](options);
  afterwards(() => server.stop());
  return {
    domain,
    service: server.service,
    ca: options.authority,
    component: { service: server.componentService, domain: `guildhall.${domain}`, secret },
    kill: () => server.kill('SIGKILL'),
    async restart() {
      await server.exited;
      server = await start[domain](options);
    },
  };
}
