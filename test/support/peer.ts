import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { registerAccount } from '../../scripts/register.ts';
import { pythonWithSlixmpp } from '../../scripts/stack/packages.ts';

export type PeerServer = { service: string; domain: string; ca: string };

/** A script of test/peers that runs: a client on slixmpp, with an account of its own. */
export type Peer = {
  jid: string;
  /** The next line that it prints, as JSON. @throws with what it wrote to its standard error where it ends first */
  says<T>(timeoutMs?: number): Promise<T>;
  /** Has it go on: writes a line to its standard input. */
  goOn(): void;
};

/** Starts a script of test/peers on that server; it is killed when the test ends. */
export async function startPeer(
  script: string,
  { service, domain, ca }: PeerServer,
  options: { [name: string]: string },
): Promise<Peer> {
  const python = pythonWithSlixmpp();
  if (!python) throw new Error('python3-slixmpp is not installed');
  const username = `p${randomBytes(5).toString('hex')}`;
  await registerAccount({ service, domain, username, password: 'test' });
  const { hostname: host, port } = new URL(service);
  const jid = `${username}@${domain}`;
  const given = { jid, password: 'test', host, port, ca, ...options };
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const child = spawn(python, [
    path,
    ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]),
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));

  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    output += data;
    check();
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  // Once its output has been read too.
  child.once('close', () => check());
  let check: () => void = () => undefined;
  return {
    jid,
    goOn: () => void child.stdin.write('\n'),
    says: <T>(timeoutMs = 90_000) =>
      new Promise<T>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${script} says nothing within ${timeoutMs} ms: ${errors}`)),
          timeoutMs,
        );
        check = () => {
          const end = output.indexOf('\n');
          if (end < 0 && child.exitCode === null) return;
          clearTimeout(timer);
          // What comes while nobody waits is for who asks next.
          check = () => undefined;
          if (end < 0) reject(new Error(`${script} ended: ${errors}`));
          else resolve(JSON.parse(output.slice(0, end)));
          output = output.slice(end + 1);
        };
        check();
      }),
  };
}
