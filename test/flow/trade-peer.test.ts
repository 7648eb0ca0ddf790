import { beforeAll, expect, inject, test } from 'vitest';
import type { ContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { type Peer, startPeer } from '../support/peer.ts';

let directory: TestDirectory;

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

type Told = { told: ContractNotice; id: string; thread: string; body: string };

function startParty(domain: string, side: string, other: string): Promise<Peer> {
  const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
  if (!server) throw new Error(`no server for ${domain}`);
  return startPeer('witness.py', server, { directory: directory.address, side, other });
}

test('two clients on slixmpp, of two servers, have a contract witnessed from its offer to its end', async () => {
  const provider = await startParty('works.test', 'provider', '-');
  const { known } = await provider.says<{ known: string }>();
  expect(known).toBe(provider.jid);
  const client = await startParty('agents.test', 'client', provider.jid);
  await client.says();
  client.goOn();
  const { opened } = await client.says<{ opened: { id: string } }>();
  expect(opened).toMatchObject({ state: 'offered', client: client.jid, provider: provider.jid });
  const { id } = opened;

  const heard = async (peer: Peer) => {
    const { told, id: stanza, thread, body } = await peer.says<Told>();
    expect([told.id, thread, stanza]).toEqual([id, id, `contract-${id}-${told.seq}`]);
    expect(body).toContain(`Contract ${id} with `);
    return [told.move, told.state, told.side];
  };
  expect(await heard(provider)).toEqual(['offer', 'offered', 'provider']);
  const atClient = [await heard(client), await heard(client)];
  expect(atClient.sort()).toEqual([
    ['accept', 'accepted', 'client'],
    ['deliver', 'delivered', 'client'],
  ]);
  expect(await heard(provider)).toEqual(['complete', 'completed', 'provider']);
  expect(await provider.says()).toEqual({ states: ['accepted', 'delivered'] });

  const { done, whole, mine } = await client.says<{
    done: string;
    whole: { [name: string]: unknown };
    mine: { [name: string]: unknown }[];
  }>();
  expect(done).toBe('completed');
  expect(whole).toMatchObject({ 'result.url': 'https://works.test/logo.svg', side: 'client' });
  expect(mine).toMatchObject([{ id, state: 'completed', other: provider.jid }]);
});
