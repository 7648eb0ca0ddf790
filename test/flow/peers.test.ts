import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { registerAccount } from '../../scripts/register.ts';
import { pythonWithSlixmpp } from '../../scripts/stack/packages.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { agentOverHttp } from '../support/overview.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

/** Runs an agent of test/peers; settles when it says that it is online. */
async function startPeer(
  script: string,
  jid: string,
  server: { service: string; ca: string },
): Promise<void> {
  const { hostname, port } = new URL(server.service);
  const python = pythonWithSlixmpp();
  if (!python) throw new Error('python3-slixmpp is not installed');
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const options = { jid, password: 'test', directory: directory.jid, host: hostname, port, ca: server.ca };
  const child = spawn(python, [
    path,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stderr.on('data', (data) => {
    output += data;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => String(data).includes('online') && resolve());
    child.once('exit', () => reject(new Error(`${script} ended: ${output}`)));
  });
}

test.each(['agents.test', 'works.test'])(
  "an agent with slixmpp's plain add_command, registered in band on %s, is found with its typed inputs within 5 seconds",
  async (domain) => {
    const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
    if (!server) throw new Error(`no server for ${domain}`);
    const username = `p${randomBytes(5).toString('hex')}`;
    const jid = `${username}@${domain}`;
    await registerAccount({ service: server.service, domain, username, password: 'test' });
    await startPeer('plain_agent.py', jid, server);
    const agent = await until(
      'the agent is found',
      async () => {
        const found = await agentOverHttp(directory.http, jid);
        return found?.listings[0]?.inputSchema && found;
      },
      5_000,
    );
    expect(agent.availability?.online).toBe(true);
    expect(agent.listings).toEqual([
      expect.objectContaining({
        name: 'Greet somebody politely',
        inputs: [
          expect.objectContaining({ name: 'name', label: 'Name', type: 'string', required: true }),
          expect.objectContaining({ name: 'style', label: 'Style', type: 'enum', required: false }),
          expect.objectContaining({ name: 'twice', label: 'Twice', type: 'boolean', required: false }),
        ],
      }),
    ]);
  },
);
