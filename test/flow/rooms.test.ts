import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseJid } from '../../protocol/jid.ts';
import { joinPresence, leavePresence } from '../../protocol/muc.ts';
import { NS_MUC } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { configure, openAccount } from '../support/account.ts';
import { afterwards } from '../support/afterwards.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { listingForm } from '../support/fields.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';
import { rowsOf } from '../support/rows.ts';

/** The directory's account is on the first server; two of the rooms, and their occupants, are on the last. */
let home: OwnServer;
let far: OwnServer;
let directory: RunningDirectory;
let rooms: { open: string; veiled: string; absent: string };

beforeAll(async () => {
  ({ home, far } = await ownNetwork());
  const at = `rooms.${far.domain}`;
  rooms = { open: `open@${at}`, veiled: `veiled@${at}`, absent: `absent@rooms.${home.domain}` };
  await makeRooms();
  directory = await startDirectory(home, { rooms: Object.values(rooms).map(parseJid) });
});

/** A room that shows who its occupants are, and one that shows it to its moderators only. */
async function makeRooms(): Promise<void> {
  const owner = await openAccount(far, afterwards);
  for (const [room, whois] of [
    [rooms.open, 'anyone'],
    [rooms.veiled, 'moderators'],
  ] as const) {
    owner.send(joinPresence(parseJid(room), 'owner'));
    await configure(owner, room, xml('query', { xmlns: `${NS_MUC}#owner` }), `${NS_MUC}#roomconfig`, {
      'muc#roomconfig_whois': whois,
      'muc#roomconfig_persistentroom': '1',
    });
    owner.send(leavePresence(parseJid(room), 'owner'));
  }
}

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

/** An agent that knows nothing of the directory. */
async function stranger(name: string): Promise<TestAgent> {
  const agent = await startAgent({ directory: directory.jid, server: far, subscribe: false });
  agent.infoForms = [listingForm({ name })];
  return agent;
}

describe('in a room', () => {
  test('an occupant whose address it shows is found, and none where it hides them', async () => {
    const [seen, hidden] = [await stranger('Seen'), await stranger('Hidden')];
    hidden.send(joinPresence(parseJid(rooms.veiled), 'hidden'));
    seen.send(joinPresence(parseJid(rooms.open), 'seen'));
    const [listing] = await listed(seen.jid, ['Seen']);
    expect(listing).toMatchObject({ kind: 'published', availability: null });
    // By its address it would be found: nothing but the room hid it.
    expect(await agentOverHttp(directory.http, hidden.jid)).toBeNull();
    const known = sql`select jid from entity where jid in (${seen.jid}, ${hidden.jid})`;
    expect(await rowsOf(directory.db, known)).toEqual([{ jid: seen.jid }]);
    hidden.send(joinPresence(parseJid(rooms.open), 'no longer hidden'));
    await listed(hidden.jid, ['Hidden']);
  });

  test('that is not there yet the directory does not make itself the owner', async () => {
    const owner = await startAgent({ directory: directory.jid, server: home, subscribe: false });
    const joined = new Promise<Element>((resolve) => {
      owner.onPresence = (stanza) => {
        if (stanza.attrs.from === `${rooms.absent}/owner`) resolve(stanza);
      };
    });
    owner.send(joinPresence(parseJid(rooms.absent), 'owner'));
    const presence = await joined;
    expect(presence.attrs.type).toBeUndefined();
    expect(presence.getChild('x', `${NS_MUC}#user`)?.getChild('item')?.attrs.affiliation).toBe('owner');
  });
});
