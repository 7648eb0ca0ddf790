/**
 * Presence: RFC 6121 §3 and §4.
 */

import { type Caps, readCaps } from './caps.ts';
import { type Caps2, readCaps2 } from './caps2.ts';
import { type Jid, tryJid } from './jid.ts';
import type { Element } from './xml.ts';

export const presenceTypes = [
  'available',
  'unavailable',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'unsubscribed',
  'probe',
  'error',
] as const;
export type PresenceType = (typeof presenceTypes)[number];

export type Presence = { type: PresenceType; from: Jid; caps: Caps | null; caps2: Caps2 | null };

/** Null where the stanza has no usable sender or an unknown type. */
export function readPresence(stanza: Element): Presence | null {
  const from = tryJid(stanza.attrs.from);
  const type = presenceTypes.find((name) => name === (stanza.attrs.type ?? 'available'));
  return from && type ? { type, from, caps: readCaps(stanza), caps2: readCaps2(stanza) } : null;
}
