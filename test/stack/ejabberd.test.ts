import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { registerAccount } from '../../scripts/register.ts';
import { ensureCertificates } from '../../scripts/stack/certificates.ts';
import { startEjabberd } from '../../scripts/stack/ejabberd.ts';
import { ensurePackages } from '../../scripts/stack/packages.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import type { ServerOptions, XmppServer } from '../../scripts/stack/xmpp-server.ts';
import { freeAddresses } from '../support/addresses.ts';

const domain = 'jabberd.test';
/** Installing it takes some 10 s where the network is fast, and happens once on a machine. */
const installTimeoutMs = 300_000;

// Where loopback has a single address (macOS) there is no place for a further server.
describe.runIf(inject('stack').federated)('ejabberd', () => {
  let dir: string;
  let options: ServerOptions;
  let server: XmppServer | undefined;

  beforeAll(async () => {
    await ensurePackages(['ejabberd'], { log: console.log });
    dir = mkdtempSync(join(tmpdir(), 'guildhall-ejabberd-'));
    const [address] = (await freeAddresses()) ?? ['127.0.0.2'];
    const { authority, servers } = await ensureCertificates(join(dir, 'certificates'), [domain]);
    const certificate = servers.get(domain);
    if (!certificate) throw new Error('no certificate');
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority, 'utf8')]);
    options = {
      dir: join(dir, 'xmpp'),
      logFile: join(dir, 'ejabberd.log'),
      domain,
      address,
      c2sPort: await freePort(address),
      componentPort: await freePort(address),
      hosts: new Map([[domain, address]]),
      authority,
      certificate,
      components: [{ name: `guildhall.${domain}`, secret: 'a "secret"' }],
    };
  }, installTimeoutMs);
  afterEach(() => server?.stop());
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** The processes that stem from this server, by their environment; one that ended already has none. */
  function ours(): string[] {
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(options.dir);
        } catch {
          return false;
        }
      })
      .map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  }

  const register = (username: string) =>
    registerAccount({ service: server?.service ?? '', domain, username, password: 'test' });

  test('starts, registers accounts in band, and leaves no process behind when it is stopped', async () => {
    server = await startEjabberd(options);
    expect(server.running()).toBe(true);
    expect(server.service).toBe(`xmpp://${options.address}:${options.c2sPort}`);
    expect(await register('somebody')).toBe('created');
    expect(await register('somebody')).toBe('exists');
    expect(ours()).toContain('beam.smp');
    expect(ours()).not.toContain('epmd');

    await server.stop();
    expect(await server.exited).toEqual({ code: 0, signal: null });
    await vi.waitFor(() => expect(ours()).toEqual([]));
  });

  test('keeps its accounts when it is started again, and leaves no process behind when it is killed', async () => {
    server = await startEjabberd(options);
    expect(await register('somebody')).toBe('exists');
    server.kill();
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await vi.waitFor(() => expect(ours()).toEqual([]), 120_000);

    server = await startEjabberd(options);
    expect(await register('somebody')).toBe('exists');
  });

  test('says in one sentence which port is in use', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(options.componentPort, options.address, resolve));
    try {
      await expect(startEjabberd(options)).rejects.toMatchObject({
        name: 'StackError',
        message: `Port ${options.componentPort} on ${options.address} is needed for ejabberd for ${domain} and is already in use: end the program that uses it, then start again.`,
      });
    } finally {
      squatter.close();
    }
  });

  test('that cannot start says where its log is and how that ends', async () => {
    const broken = { ...options, dir: join(dir, 'broken'), domain: 'not a domain' };
    await expect(startEjabberd(broken)).rejects.toMatchObject({
      name: 'StackError',
      message: expect.stringMatching(
        /^ejabberd for not a domain did not start; see .+ejabberd\.log, which ends with:\n.*hosts/s,
      ),
    });
  });
});
