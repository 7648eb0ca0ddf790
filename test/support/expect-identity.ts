import { expect } from 'vitest';
import { readPicture } from '../../worker/identity/avatar.ts';
import { type PeerServer, startPeer } from './peer.ts';

/** What test/peers/chat.py prints. */
type Seen = {
  shut: string;
  caps: { ver: string; verified: boolean; photo: string };
  info: { identities: string[][]; features: string[]; abuse: string[]; forms: number };
  version: { name: string; version: string; os: string };
  time: string;
  vcard_temp: { fn: string; photo: string };
  vcard_temp_full: { fn: string; photo: string };
  vcard4: string[];
  avatar: { [attribute: string]: string };
  card: { [node: string]: string[] };
  commands: { [node: string]: string[] };
  chat: { type: string; lang: string; body: string }[];
  receipt: boolean;
};

/** A client of another library finds the directory to be what it says, and talks with it. */
export async function expectKnown(
  directory: { address: string },
  server: PeerServer,
  contacts: string[],
): Promise<void> {
  const words = JSON.stringify(['help', 'find letters', 'show 1', 'status']);
  const peer = await startPeer('chat.py', server, { directory: directory.address, words });
  const seen = await peer.says<Seen>();
  const { id } = readPicture().info;
  expect(['forbidden', 'not-authorized', 'item-not-found']).toContain(seen.shut);
  expect(seen.caps).toEqual({ ver: expect.any(String), verified: true, photo: id });
  expect(seen.info).toMatchObject({
    identities: [
      ['client', 'bot', 'Guildhall'],
      ['pubsub', 'service', 'Guildhall'],
    ],
    abuse: contacts,
    forms: 1,
  });
  expect(seen.version).toEqual({
    name: 'Guildhall',
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    os: '',
  });
  expect(Math.abs(Date.parse(seen.time) - Date.now())).toBeLessThan(20_000);
  for (const card of [seen.vcard_temp, seen.vcard_temp_full])
    expect(card).toEqual({ fn: 'Guildhall', photo: id });
  expect(seen.vcard4).toEqual(['Guildhall', 'Guildhall']);
  expect(seen.avatar).toMatchObject({ id, sha1: id, type: 'image/png' });
  expect(seen.card.search).toEqual(['query', 'sort', 'max']);
  const {
    'urn:xmpp:a2a:cmd:tasks': tasks,
    'urn:xmpp:a2a:cmd:exchange_business_card': exchange,
    ...own
  } = seen.commands;
  expect(own).toEqual(seen.card);
  expect([tasks, exchange?.length]).toEqual([['jsonrpc_request'], 7]);
  expect(seen.chat.map(({ type, lang }) => [type, lang])).toEqual(seen.chat.map(() => ['chat', 'en']));
  expect(seen.chat.map(({ body }) => body.split(' ')[0])).toEqual(seen.chat.map(() => '[Guildhall]'));
  expect(seen.receipt).toBe(true);
}
