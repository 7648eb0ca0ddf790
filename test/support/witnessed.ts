import { expect } from 'vitest';
import type { ContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { type Peer, type PeerServer, startPeer } from './peer.ts';

type Told = { told: ContractNotice; id: string; thread: string; body: string };

/** Two clients on slixmpp, with accounts of these servers, have a contract witnessed by commands, from its offer to its end. */
export async function expectWitnessed(
  directory: { address: string },
  { order, provide }: { order: PeerServer; provide: PeerServer },
): Promise<void> {
  const party = (server: PeerServer, side: string, other: string) =>
    startPeer('witness.py', server, { directory: directory.address, side, other });
  const provider = await party(provide, 'provider', '-');
  const { known } = await provider.says<{ known: string }>();
  expect(known).toBe(provider.jid);
  const client = await party(order, 'client', provider.jid);
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
}
