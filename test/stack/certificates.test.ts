import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Certificates, ensureCertificates } from '../../scripts/stack/certificates.ts';

let dir: string;
let certificates: Certificates;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'guildhall-certificates-'));
  certificates = await ensureCertificates(dir, ['agents.test', 'works.test']);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function files(domain: string) {
  const found = certificates.servers.get(domain);
  if (!found) throw new Error(`no certificate for ${domain}`);
  return found;
}

test('a server certificate is signed by the development CA and names the domain and its hosts', () => {
  const authority = new X509Certificate(readFileSync(certificates.authority));
  const server = new X509Certificate(readFileSync(files('agents.test').certificate));
  expect(authority.ca).toBe(true);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkIssued(authority)).toBe(true);
  expect(server.checkHost('agents.test')).toBe('agents.test');
  expect(server.checkHost('pubsub.agents.test')).toBe('*.agents.test');
  expect(server.checkHost('works.test')).toBeUndefined();
});

test('a TLS client that trusts the development CA accepts the chain, and one that does not refuses it', async () => {
  const { certificate, key } = files('works.test');
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (socket) =>
    socket.end(),
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const outcome = (ca: Buffer[]) =>
    new Promise<string>((resolve) => {
      const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername: 'works.test', ca }, () => {
        resolve(String(socket.authorized));
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  expect(await outcome([readFileSync(certificates.authority)])).toBe('true');
  expect(await outcome([])).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  server.close();
});

test('private keys are readable by their owner only', () => {
  for (const file of [files('agents.test').key, files('works.test').key, join(dir, 'ca.key')]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
});

test('certificates that are still good are kept', async () => {
  const before = readFileSync(files('agents.test').certificate, 'utf8');
  await ensureCertificates(dir, ['agents.test', 'works.test']);
  expect(readFileSync(files('agents.test').certificate, 'utf8')).toBe(before);
});

test('certificates of another CA or another domain are made anew', async () => {
  const ours = files('works.test');
  writeFileSync(ours.certificate, readFileSync(files('agents.test').certificate));
  await ensureCertificates(dir, ['agents.test', 'works.test']);
  expect(new X509Certificate(readFileSync(ours.certificate)).checkHost('works.test')).toBe('works.test');

  rmSync(join(dir, 'ca.key'));
  await ensureCertificates(dir, ['agents.test', 'works.test']);
  const authority = new X509Certificate(readFileSync(certificates.authority));
  expect(new X509Certificate(readFileSync(ours.certificate)).verify(authority.publicKey)).toBe(true);
});
