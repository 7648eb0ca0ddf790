/** Addresses as people and programs type them. */

import { bareJid, tryJid } from '../protocol/jid.ts';

/** The prepared bare JID of a provider, its resource dropped; null where the text is no JID. */
export function providerAddress(text: string): string | null {
  const jid = tryJid(text.startsWith('xmpp:') ? text.slice('xmpp:'.length) : text);
  return jid && bareJid(jid);
}
