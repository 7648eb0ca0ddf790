/** One stream of an external component: XEP-0114 §3, the handshake, over the bounded connection that clients use. */

import { createHash } from 'node:crypto';
import { NS_COMPONENT } from '../protocol/namespaces.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { Connection } from './connection.ts';

/**
 * The stream is not encrypted and the handshake no more than a hash of the secret: it belongs on loopback or inside a
 * protected network.
 */
export class ComponentConnection extends Connection {
  override headerElement(): Element {
    const header = super.headerElement();
    header.attrs.xmlns = NS_COMPONENT;
    return header;
  }
}

/** The answer to the server's stream header. */
export function handshake(header: Element, secret: string): Element {
  const proof = createHash('sha1')
    .update(`${header.attrs.id ?? ''}${secret}`)
    .digest('hex');
  return xml('handshake', {}, proof);
}
