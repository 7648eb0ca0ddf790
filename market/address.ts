/** Addresses as people and programs type them. */

import { bareJid, formatJid, tryJid } from '../protocol/jid.ts';

/** The prepared bare JID of a provider, its resource dropped; null where the text is no JID. */
export function providerAddress(text: string): string | null {
  const jid = tryJid(text.startsWith('xmpp:') ? text.slice('xmpp:'.length) : text);
  return jid && bareJid(jid);
}

export type AskedAddress = {
  /** The bare JID and its domain. */
  jid: string;
  domain: string;
  /** As it was given, with its resource if it has one: prepared. */
  address: string;
};

/** Whom to ask over XMPP: an account, at one of its resources or wherever it is; null where the text names none. */
export function askedAddress(text: string): AskedAddress | null {
  const jid = tryJid(text);
  return jid?.local ? { jid: bareJid(jid), domain: jid.domain, address: formatJid(jid) } : null;
}

/** The domain of an address that is prepared. */
export function providerDomain(jid: string): string {
  return jid.slice(jid.indexOf('@') + 1);
}
