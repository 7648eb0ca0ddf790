import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { type Network, startNetwork } from '../../scripts/stack/network.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { freeAddresses } from '../support/addresses.ts';
import { createDirectory, runFunctions, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { agentOverHttp } from '../support/overview.ts';

/** Servers of this file's own: it kills them. */
let network: Network;
let directory: TestDirectory;
let functions: Functions;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-restart-'));
  network = await startNetwork({
    dir: join(dir, 'xmpp'),
    logDir: join(dir, 'log'),
    addresses: (await freeAddresses()) ?? ['127.0.0.2', '127.0.0.3'],
    c2sPort: await freePort(),
    componentPort: await freePort(),
    componentSecret: 'secret',
  });
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    readFileSync(network.authority, 'utf8'),
  ]);
  const [server] = network.servers;
  if (!server) throw new Error('no server');
  directory = await createDirectory({ ...server, ca: network.authority });
  [functions] = await Promise.all([runFunctions(directory), runWorker(directory)]);
});
afterAll(() => network.stop());

test('the bot is back, and sees who is online, after its server was killed and started again', async () => {
  const [server] = network.servers;
  const [specialist] = specialists.filter(({ dialect }) => dialect === 'plain');
  if (!server || !specialist) throw new Error('a server and a plain specialist expected');
  const running = await startSpecialist(specialist, {
    service: server.service,
    domain: server.domain,
    directory: directory.jid,
  });
  try {
    const isOnline = async () =>
      (await agentOverHttp(functions.url, running.bareJid))?.availability?.online === true;
    await until('the specialist is online', isOnline);
    server.kill('SIGKILL');
    await network.restart('agents.test');
    // The specialist stays away at first: what the fresh session does not hear of is offline.
    await until('the specialist is seen again', isOnline, 25_000);
    await running.stop();
    await until('the specialist is offline', async () => !(await isOnline()));
    expect((await agentOverHttp(functions.url, running.bareJid))?.listings).toHaveLength(1);
  } finally {
    await running.stop();
  }
});
