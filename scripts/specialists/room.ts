/** XEP-0045: Multi-User Chat, version 1.35, as far as an agent needs it that opens a room where others meet. */
import { xml } from '@xmpp/xml';
import { submitElement } from './forms.ts';
import { NS_MUC } from './namespaces.ts';
import type { Session } from './session.ts';

/**
 * Enters the room, which makes it where it is not there, and has it stay and show everybody's real address to
 * everybody. Throws when the room is somebody else's.
 */
export async function openRoom(session: Session, room: string, name: string): Promise<void> {
  const nick = session.bareJid.split('@', 1)[0];
  const history = xml('history', { maxstanzas: '0' });
  session.send(xml('presence', { to: `${room}/${nick}` }, xml('x', { xmlns: NS_MUC }, history)));
  const config = submitElement({
    formType: `${NS_MUC}#roomconfig`,
    fields: [
      ['muc#roomconfig_roomname', [name]],
      ['muc#roomconfig_persistentroom', ['1']],
      ['muc#roomconfig_whois', ['anyone']],
    ],
  });
  // A new room lets nobody else in until its owner has configured it (section 10.1).
  await session.request('set', xml('query', { xmlns: `${NS_MUC}#owner` }, config), room);
}
