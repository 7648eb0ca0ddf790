import { beforeAll, expect, inject, test } from 'vitest';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { agentOverHttp } from '../support/overview.ts';
import { startPeer } from '../support/peer.ts';
import { visitsOf } from '../support/visits.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

test.each(['agents.test', 'works.test'])(
  "an agent with slixmpp's plain add_command, registered in band on %s, is found with its typed inputs at the first looks",
  async (domain) => {
    const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
    if (!server) throw new Error(`no server for ${domain}`);
    const peer = await startPeer('plain_agent.py', server, { directory: directory.jid });
    expect(await peer.says()).toBe('online');
    const { jid } = peer;
    const agent = await until('the agent is found', async () => {
      const found = await agentOverHttp(directory.http, jid);
      return found?.listings[0]?.inputSchema && found;
    });
    expect(agent.availability?.online).toBe(true);
    // When it subscribes, and when it comes online.
    expect(visitsOf(directory, jid).length).toBeLessThanOrEqual(2);
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
