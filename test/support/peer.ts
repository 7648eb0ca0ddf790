import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { registerAccount } from '../../scripts/register.ts';
import { pythonWithSlixmpp } from '../../scripts/stack/packages.ts';

export type PeerServer = { service: string; domain: string; ca: string };

/** Runs a script of test/peers with an account of its own; what it prints, read as JSON. */
export async function runPeer<T>(
  script: string,
  server: PeerServer | undefined,
  options: { [name: string]: string },
): Promise<T> {
  const python = pythonWithSlixmpp();
  if (!server || !python) throw new Error('no server, or no python3-slixmpp');
  const username = `b${randomBytes(5).toString('hex')}`;
  await registerAccount({ service: server.service, domain: server.domain, username, password: 'test' });
  const { hostname: host, port } = new URL(server.service);
  const jid = `${username}@${server.domain}`;
  const given = { jid, password: 'test', host, port, ca: server.ca, ...options };
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout, stderr } = await promisify(execFile)(python, [path, ...args], { timeout: 25_000 });
  if (!stdout) throw new Error(`${script} says nothing: ${stderr}`);
  return JSON.parse(stdout);
}
