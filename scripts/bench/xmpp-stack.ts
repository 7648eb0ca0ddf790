/** A server, and the directory as its component, for benchmarks that ask over XMPP. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { startChild } from '../stack/child.ts';
import { startNetwork } from '../stack/network.ts';
import { ensurePackages } from '../stack/packages.ts';
import { root } from '../stack/paths.ts';
import { freePort } from '../stack/ports.ts';

const addresses: [string, string] = ['127.0.0.6', '127.0.0.7'];
/** Of every component. */
export const secret = 'a secret of the benchmark';

export type BenchServer = {
  service: string;
  componentService: string;
  domain: string;
  authority: string;
  dir: string;
};

/** @param components the names of further components, below the server's domain */
export async function startBenchServer(components: string[], ends: (() => unknown)[]): Promise<BenchServer> {
  await ensurePackages(['prosody', 'lua-unbound'], { log: console.log });
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-bench-xmpp-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  const network = await startNetwork({
    dir,
    logDir: dir,
    addresses,
    c2sPort: await freePort(),
    componentPort: await freePort(),
    componentSecret: secret,
    components: components.map((name) => ({ name, domainIndex: 0, secret })),
  });
  ends.push(() => network.stop());
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    readFileSync(network.authority, 'utf8'),
  ]);
  const [home] = network.servers;
  if (!home) throw new Error('the network has no server');
  const { service, componentService, domain } = home;
  return { service, componentService, domain, authority: network.authority, dir };
}

/** The directory, as `guildhall` below the server's domain; anybody may ask as much as they like. */
export async function startBenchWorker(
  { componentService, domain, authority, dir }: BenchServer,
  databaseUrl: string,
  ends: (() => unknown)[],
  environment: { [name: string]: string } = {},
): Promise<string> {
  const jid = `guildhall.${domain}`;
  const worker = await startChild({
    name: 'the worker',
    command: process.execPath,
    args: ['worker/main.ts'],
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL_DIRECT: databaseUrl,
      XMPP_SERVICE: componentService,
      XMPP_JID: jid,
      XMPP_PASSWORD: secret,
      NODE_EXTRA_CA_CERTS: authority,
      LOG_LEVEL: 'error',
      QUESTIONS_PER_MINUTE: '0',
      DOMAIN_QUESTIONS_PER_MINUTE: '0',
      ...environment,
    },
    logFile: join(dir, 'worker.log'),
  });
  ends.push(() => worker.stop());
  return jid;
}
