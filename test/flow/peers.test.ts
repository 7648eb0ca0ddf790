import { beforeAll, expect, inject, test } from 'vitest';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { agentOverHttp } from '../support/overview.ts';
import { startPeer } from '../support/peer.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

test.each(['agents.test', 'works.test'])(
  "an agent with slixmpp's plain add_command, registered in band on %s, is found with its typed inputs within 5 seconds",
  async (domain) => {
    const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
    if (!server) throw new Error(`no server for ${domain}`);
    const peer = await startPeer('plain_agent.py', server, { directory: directory.jid });
    expect(await peer.says()).toBe('online');
    const { jid } = peer;
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
