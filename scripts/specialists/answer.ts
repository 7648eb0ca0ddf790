/** How a specialist answers queries. */
import { type Element, xml } from '@xmpp/xml';
import type { CommandDesk } from './commands.ts';
import { capsNode, capsVersion, type DiscoInfo, type DiscoItem, infoElement, itemsElement } from './disco.ts';
import { NS_COMMANDS, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING } from './namespaces.ts';
import type { Persona } from './persona.ts';
import { stanzaError } from './stanza-error.ts';

/** The whole answer to an IQ of type `get` or `set`. Our own faults are answered too, then thrown. */
export async function answerQuery(
  persona: Persona,
  desk: CommandDesk,
  fullJid: string,
  stanza: Element,
): Promise<Element> {
  const children = stanza.getChildElements();
  const [query] = children;
  const payload =
    query && children.length === 1
      ? await answerPayload(persona, desk, fullJid, stanza, query)
      : stanzaError('modify', 'bad-request');
  const failed = payload?.is('error');
  return reply(stanza, failed ? 'error' : 'result', payload);
}

/** The answer to a query that failed through our own fault. */
export function faultReply(stanza: Element): Element {
  return reply(stanza, 'error', stanzaError('cancel', 'internal-server-error'));
}

function reply(stanza: Element, type: 'error' | 'result', payload: Element | null): Element {
  return xml('iq', { type, to: stanza.attrs.from, id: stanza.attrs.id }, payload);
}

async function answerPayload(
  persona: Persona,
  desk: CommandDesk,
  fullJid: string,
  stanza: Element,
  query: Element,
): Promise<Element | null> {
  const { node } = query.attrs;
  if (stanza.attrs.type === 'set') {
    return query.is('command', NS_COMMANDS)
      ? desk.answer(stanza.attrs.from ?? '', query)
      : stanzaError('cancel', 'service-unavailable');
  }
  if (query.is('ping', NS_PING)) return null;
  if (query.is('query', NS_DISCO_INFO)) {
    const info = infoAt(persona, node);
    return info ? infoElement(info, node) : stanzaError('cancel', 'item-not-found');
  }
  if (query.is('query', NS_DISCO_ITEMS)) {
    const items = itemsAt(persona, fullJid, node);
    return items ? itemsElement(items, node) : stanzaError('cancel', 'item-not-found');
  }
  return stanzaError('cancel', 'service-unavailable');
}

function infoAt(persona: Persona, node: string | undefined): DiscoInfo | null {
  if (node === undefined) return persona.info;
  if (persona.sendsCaps && node === `${capsNode}#${capsVersion(persona.info)}`) return persona.info;
  if (node === NS_COMMANDS && persona.commands.length > 0) {
    return {
      identities: [{ category: 'automation', type: 'command-list', name: 'Commands' }],
      features: [NS_COMMANDS],
      forms: [],
    };
  }
  return persona.commands.find(({ command }) => command.node === node)?.info ?? null;
}

function itemsAt(persona: Persona, jid: string, node: string | undefined): DiscoItem[] | null {
  if (node === NS_COMMANDS && persona.commands.length > 0) {
    return persona.commands.map(({ command }) => ({ jid, node: command.node, name: command.name }));
  }
  return infoAt(persona, node) ? [] : null;
}
