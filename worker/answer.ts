/** What the directory answers: stanza to operation, and back. */

import { capsVer, writeCaps } from '../protocol/caps.ts';
import { type DiscoInfo, writeInfo, writeItems } from '../protocol/disco.ts';
import {
  NS_AGENTCARD,
  NS_CAPS,
  NS_DIRECTORY,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PING,
} from '../protocol/namespaces.ts';
import { type Condition, type ErrorType, writeStanzaError } from '../protocol/stanza-error.ts';
import { type Element, xml } from '../protocol/xml.ts';

export const capsNode = 'https://guildhall.example/caps';

/** What the directory says of itself. The features ending in `+notify` ask for the agents' published changes. */
export const ownInfo: DiscoInfo = {
  node: null,
  identities: [{ category: 'client', type: 'bot', name: 'Guildhall', lang: null }],
  features: [
    NS_CAPS,
    NS_DISCO_INFO,
    NS_DISCO_ITEMS,
    NS_PING,
    NS_DIRECTORY,
    `${NS_AGENTCARD}+notify`,
    `${NS_LISTING}+notify`,
  ],
  forms: [],
};

const ver = capsVer(ownInfo);

/** The presence that announces the directory. */
export function announcement(): Element {
  return xml('presence', {}, writeCaps({ hash: 'sha-1', node: capsNode, ver }));
}

/** The answer to a question (an IQ of type get or set). */
export function answer(stanza: Element): Element {
  const { from, id, type } = stanza.attrs;
  const children = stanza.getChildElements();
  const [query] = children;
  const reply = (...payload: (Element | null)[]) => xml('iq', { type: 'result', to: from, id }, ...payload);
  const refuse = (errorType: ErrorType, condition: Condition, text: string | null = null) =>
    xml('iq', { type: 'error', to: from, id }, writeStanzaError({ type: errorType, condition, text }));

  if ((type !== 'get' && type !== 'set') || !query || children.length !== 1) {
    return refuse('modify', 'bad-request', 'one payload expected, and type get or set');
  }
  if (type === 'get' && query.is('query', NS_DISCO_INFO)) {
    const { node } = query.attrs;
    if (node && node !== `${capsNode}#${ver}`) return refuse('cancel', 'item-not-found');
    return reply(writeInfo({ ...ownInfo, node: node ?? null }));
  }
  if (type === 'get' && query.is('query', NS_DISCO_ITEMS)) {
    if (query.attrs.node) return refuse('cancel', 'item-not-found');
    return reply(writeItems({ node: null, items: [], rsm: null }));
  }
  if (type === 'get' && query.is('ping', NS_PING)) return reply();
  return refuse('cancel', 'service-unavailable');
}
