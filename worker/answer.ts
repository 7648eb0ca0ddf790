/** What the directory answers: stanza to operation, and back. */

import { capsVer, writeCaps } from '../protocol/caps.ts';
import { type DiscoInfo, writeInfo, writeItems } from '../protocol/disco.ts';
import { formatJid, tryJid } from '../protocol/jid.ts';
import {
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_CAPS,
  NS_COMMANDS,
  NS_DATA,
  NS_DIRECTORY,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PING,
} from '../protocol/namespaces.ts';
import { type Condition, type ErrorType, writeStanzaError } from '../protocol/stanza-error.ts';
import { type Element, xml } from '../protocol/xml.ts';
import type { CommandDesk } from './commands/desk.ts';

export const capsNode = 'https://guildhall.example/caps';

/** What the directory says of itself. The features ending in `+notify` ask for the agents' published changes. */
export const ownInfo: DiscoInfo = {
  node: null,
  identities: [{ category: 'client', type: 'bot', name: 'Guildhall', lang: null }],
  features: [
    NS_CAPS,
    NS_COMMANDS,
    NS_DATA,
    NS_DISCO_INFO,
    NS_DISCO_ITEMS,
    NS_PING,
    NS_DIRECTORY,
    `${NS_AGENTCARD}+notify`,
    `${NS_AGENTCARD_0}+notify`,
    `${NS_LISTING}+notify`,
  ],
  forms: [],
};

const ver = capsVer(ownInfo);

/** The presence that announces the directory. */
export function announcement(): Element {
  return xml('presence', {}, writeCaps({ hash: 'sha-1', node: capsNode, ver }));
}

/** What disco#info says of the node under which the commands are listed (XEP-0050 §2.2). */
const commandListInfo: DiscoInfo = {
  node: NS_COMMANDS,
  identities: [{ category: 'automation', type: 'command-list', name: 'Commands', lang: null }],
  features: [NS_COMMANDS, NS_DISCO_INFO, NS_DISCO_ITEMS],
  forms: [],
};

/** Who knows the directory's commands. */
export type Desk = Pick<CommandDesk, 'list' | 'info' | 'answer'>;

/** The answer to a question (an IQ of type get or set); null where nobody can be answered. Never rejects. */
export async function answer(stanza: Element, desk: Desk): Promise<Element | null> {
  const asker = tryJid(stanza.attrs.from);
  if (!asker) return null;
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
    if (!node || node === `${capsNode}#${ver}`) return reply(writeInfo({ ...ownInfo, node: node ?? null }));
    const info = node === NS_COMMANDS ? commandListInfo : desk.info(node);
    return info ? reply(writeInfo(info)) : refuse('cancel', 'item-not-found');
  }
  if (type === 'get' && query.is('query', NS_DISCO_ITEMS)) {
    const node = query.attrs.node ?? null;
    const own = tryJid(stanza.attrs.to);
    const commands = node === NS_COMMANDS ? desk.list(asker) : [];
    if (node && node !== NS_COMMANDS && !desk.info(node)) return refuse('cancel', 'item-not-found');
    return reply(
      writeItems({
        node,
        items: commands.map((item) => ({ ...item, jid: own ? formatJid(own) : '' })),
        rsm: null,
      }),
    );
  }
  if (type === 'get' && query.is('ping', NS_PING)) return reply();
  if (type === 'set' && query.is('command', NS_COMMANDS)) {
    const answered = await desk.answer(asker, query);
    return xml('iq', { type: answered.name === 'error' ? 'error' : 'result', to: from, id }, answered);
  }
  return refuse('cancel', 'service-unavailable');
}
