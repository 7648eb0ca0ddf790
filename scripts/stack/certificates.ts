// The certificate library finds its parts by reflection and needs this loaded before it.
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const dayMs = 86_400_000;
const authorityDays = 3_650;
const serverDays = 730;
const renewWithinDays = 30;
/** A certificate starts a little in the past, so that a clock that is slightly behind accepts it. */
const backdateMs = 3_600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

type Keys = Awaited<ReturnType<typeof newKeys>>;

/** One certificate and its private key, as PEM files. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

export interface Certificates {
  /** The development CA's certificate, a PEM file that clients trust. */
  authority: string;
  /** By domain; each is good for the domain and every host directly under it. */
  servers: Map<string, CertificateFiles>;
}

/** Makes a development CA and a certificate for each domain, or takes those in `dir` that are still good. */
export async function ensureCertificates(dir: string, domains: string[]): Promise<Certificates> {
  mkdirSync(dir, { recursive: true });
  const authorityFiles = { certificate: join(dir, 'ca.pem'), key: join(dir, 'ca.key') };
  if (!isCurrent(authorityFiles)) await makeAuthority(authorityFiles);

  const servers = new Map<string, CertificateFiles>();
  for (const domain of domains) {
    const files = { certificate: join(dir, `${domain}.pem`), key: join(dir, `${domain}.key`) };
    if (!isCurrent(files, { domain, authority: authorityFiles.certificate })) {
      await makeServerCertificate(files, domain, authorityFiles);
    }
    servers.set(domain, files);
  }
  return { authority: authorityFiles.certificate, servers };
}

function isCurrent(files: CertificateFiles, server?: { domain: string; authority: string }): boolean {
  if (!existsSync(files.certificate) || !existsSync(files.key)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(files.certificate));
    if (Date.parse(certificate.validTo) - Date.now() < renewWithinDays * dayMs) return false;
    if (!server) return certificate.ca;
    const authority = new X509Certificate(readFileSync(server.authority));
    return (
      certificate.verify(authority.publicKey) && certificate.checkHost(`any.${server.domain}`) !== undefined
    );
  } catch {
    return false;
  }
}

async function makeAuthority(files: CertificateFiles): Promise<void> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A name of its own for every CA: an old one in somebody's trust store is then never taken for this one.
    name: `CN=Guildhall development CA ${webcrypto.randomUUID().slice(0, 8)}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(authorityDays),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await save(files, certificate, keys);
}

async function makeServerCertificate(
  files: CertificateFiles,
  domain: string,
  authority: CertificateFiles,
): Promise<void> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(readFileSync(authority.certificate, 'utf8'));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${domain}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: algorithm,
    ...validity(serverDays),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      // Servers are clients of each other.
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: domain },
        { type: 'dns', value: `*.${domain}` },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  await save(files, certificate, keys);
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(now + days * dayMs) };
}

async function save(files: CertificateFiles, certificate: x509.X509Certificate, keys: Keys): Promise<void> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  // Removed first, since writing over a file keeps the mode that it has.
  rmSync(files.key, { force: true });
  writeFileSync(files.key, `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`, { mode: 0o600 });
  writeFileSync(files.certificate, `${certificate.toString('pem')}\n`);
}

function readKey(file: string) {
  const [der] = x509.PemConverter.decode(readFileSync(file, 'utf8'));
  if (!der) throw new Error(`${file} holds no key`);
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}
