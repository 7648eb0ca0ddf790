/**
 * XMPP addresses as links: RFC 5122, with the query types of XEP-0147.
 */

/** An address that an XMPP client opens; with a node, it opens that command (XEP-0050 §7). */
export function xmppUri(jid: string, node: string | null = null): string {
  const address = jid.split('/').map(encodeURIComponent).join('/').replace('%40', '@');
  return `xmpp:${address}${node === null ? '' : `?command;node=${encodeURIComponent(node)}`}`;
}
