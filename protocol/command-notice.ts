/**
 * XEP-0050: Ad-Hoc Commands (1.3), §2.3: the message in which an entity sends its command list without being asked.
 * https://xmpp.org/extensions/xep-0050.html#announce
 */

import { type DiscoItems, readItems, writeItems } from './disco.ts';
import { NS_COMMANDS, NS_DISCO_ITEMS } from './namespaces.ts';
import { type Element, xml } from './xml.ts';

/**
 * Reads the command list in a message; null where the message carries none. Nothing but the query itself is required of
 * it, not even its node. The items may name anybody: only those at the sender's own address are its statement.
 * @throws {ParseError} where the list exceeds `discoLimits`.
 */
export function readCommandNotice(message: Element): DiscoItems | null {
  const query = message.is('message') ? message.getChild('query', NS_DISCO_ITEMS) : undefined;
  if (!query || message.attrs.type === 'error') return null;
  return query.attrs.node === undefined || query.attrs.node === NS_COMMANDS ? readItems(query) : null;
}

export function writeCommandNotice(to: string, items: DiscoItems['items']): Element {
  return xml('message', { to }, writeItems({ node: NS_COMMANDS, items, rsm: null }));
}
