/**
 * XEP-0045: Multi-User Chat (1.35), as far as seeing who is in a room goes.
 * https://xmpp.org/extensions/xep-0045.html
 */

import { bareJid, formatJid, type Jid, tryJid } from './jid.ts';
import { NS_MUC, NS_MUC_USER } from './namespaces.ts';
import { type Element, xml } from './xml.ts';

export const affiliations = ['owner', 'admin', 'member', 'none', 'outcast'] as const;
export type Affiliation = (typeof affiliations)[number];
export const roles = ['moderator', 'participant', 'visitor', 'none'] as const;
export type Role = (typeof roles)[number];

/** §10.2.1: what a status code says. */
export const mucStatus = { anyoneSeesJids: 100, self: 110, created: 201, nickChanged: 303 } as const;

export type Occupant = {
  /** The room's address. */
  room: string;
  nick: string;
  /** The real address, with its resource; null where the room does not show it. */
  jid: string | null;
  affiliation: Affiliation;
  role: Role;
  codes: number[];
  /** False where the occupant left, or goes on under another nickname. */
  present: boolean;
};

export const mucLimits = { codesMax: 20 } as const;

/** Enters the room under the nickname, without the history of what was said in it (§7.2). */
export function joinPresence(room: Jid, nick: string, password: string | null = null): Element {
  return xml(
    'presence',
    { to: formatJid({ ...room, resource: nick }) },
    xml(
      'x',
      { xmlns: NS_MUC },
      xml('history', { maxstanzas: '0' }),
      password !== null && xml('password', {}, password),
    ),
  );
}

/** Leaves the room (§7.14). */
export function leavePresence(room: Jid, nick: string): Element {
  return xml('presence', { to: formatJid({ ...room, resource: nick }), type: 'unavailable' });
}

/**
 * Reads the presence of an occupant; null where the stanza is none. Anybody can write a `<x/>` of this kind: it counts
 * only from a room that was entered.
 */
export function readOccupant(stanza: Element): Occupant | null {
  const { type = 'available' } = stanza.attrs;
  const x = stanza.getChild('x', NS_MUC_USER);
  const from = tryJid(stanza.attrs.from);
  const item = x?.getChild('item', NS_MUC_USER);
  if (!stanza.is('presence') || !x || !item || !from?.resource) return null;
  if (type !== 'available' && type !== 'unavailable') return null;
  const jid = tryJid(item.attrs.jid);
  return {
    room: bareJid(from),
    nick: from.resource,
    jid: jid && formatJid(jid),
    affiliation: affiliations.find((name) => name === item.attrs.affiliation) ?? 'none',
    role: roles.find((name) => name === item.attrs.role) ?? 'none',
    codes: x
      .getChildren('status', NS_MUC_USER)
      .slice(0, mucLimits.codesMax)
      .map((status) => Number(status.attrs.code))
      .filter((code) => Number.isInteger(code) && code >= 100 && code <= 999),
    present: type === 'available',
  };
}

/** The presence is one's own: whoever was in the room before has been named by now (§7.2.2). */
export function isSelf(occupant: Occupant): boolean {
  return occupant.codes.includes(mucStatus.self);
}
