/**
 * A2A 1.0 agent cards (https://a2a-protocol.org/latest/specification/), as the draft binding of A2A to XMPP
 * publishes them by PEP, and in the other wrappings in which cards are met. A card's skills state no inputs.
 */

import { formLimits } from '../data-form.ts';
import { bareJid, tryJid } from '../jid.ts';
import { arrayOf, isObject, type Json, type JsonObject, parseJson, stringOf } from '../json.ts';
import { readJsonContainer, readJsonPayload, writeJsonPayload } from '../json-container.ts';
import { safeImage, safeLink } from '../link.ts';
import { NS_A2A_BINDING, NS_AGENTCARD, NS_AGENTCARD_0, NS_JSON, NS_JSON_MESSAGE } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { cleanLine } from '../text.ts';
import type { Element } from '../xml.ts';
import { type AgentCard, type CardInterface, readCardObject } from './ai-sns.ts';

export const cardInterfacesMax = 20;

/** The type under which the binding sends every A2A document. */
const DATATYPE = 'application/vnd.a2a+json';

/**
 * Reads a card from an item of either card node, in any wrapping: a typed payload, a JSON container, or `<agentcard/>`
 * in the namespace of either node.
 * @throws {ParseError} where the element is none of them, or holds no JSON object within `jsonLimits`.
 */
export function readA2aCard(element: Element): AgentCard {
  const card = readWrapped(element);
  if (!isObject(card)) throw new ParseError('an agent card expected: a JSON object');
  return readA2aCardObject(card);
}

/** Reads a card that is JSON already, as one inside a catalogue entry. */
export function readA2aCardObject(card: JsonObject): AgentCard {
  const common = readCardObject(card);
  const interfaces = readInterfaces(card);
  const provider = readProvider(card.provider);
  const documentation = safeLink(stringOf(card.documentationUrl));
  const icon = safeImage(stringOf(card.iconUrl));
  return {
    ...common,
    url: common.url ?? interfaces[0]?.url ?? null,
    ...(interfaces.length > 0 ? { interfaces } : {}),
    ...(provider ? { provider } : {}),
    ...(documentation ? { documentation } : {}),
    ...(icon ? { icon } : {}),
  };
}

export function writeA2aCard(card: JsonObject): Element {
  return writeJsonPayload({ datatype: DATATYPE, value: card });
}

/**
 * The bare JID at which the card says the agent speaks A2A over XMPP. It is a claim: the agent is that JID only where
 * that JID published the card.
 */
export function xmppAddressOf(card: AgentCard): string | null {
  const over = card.interfaces?.find(
    ({ binding, url }) => binding === NS_A2A_BINDING && url.startsWith('xmpp:'),
  );
  const [path = ''] = over?.url.slice('xmpp:'.length).split(/[?#]/) ?? [];
  const jid = tryJid(decoded(path));
  return jid && bareJid(jid);
}

function readWrapped(element: Element): Json {
  if (element.is('payload', NS_JSON_MESSAGE)) return readJsonPayload(element).value;
  if (element.is('json', NS_JSON)) return readJsonContainer(element);
  const isCard = element.is('agentcard', NS_AGENTCARD) || element.is('agentcard', NS_AGENTCARD_0);
  if (!isCard) throw new ParseError('an agent card expected: <payload/>, <json/> or <agentcard/>');
  const container = element.getChild('json', NS_JSON);
  return container ? readJsonContainer(container) : parseJson(element.text());
}

/** `supportedInterfaces` of A2A 1.0; in 0.3 the card's `url` came first and `additionalInterfaces` after it. */
function readInterfaces(card: JsonObject): CardInterface[] {
  const first = stringOf(card.url);
  const older: Json[] = [
    // 0.3 spoke JSON-RPC where a card said nothing else, which over XMPP means nothing.
    { url: first, transport: card.preferredTransport ?? (first?.startsWith('https:') ? 'JSONRPC' : null) },
    ...arrayOf(card.additionalInterfaces, cardInterfacesMax - 1),
  ];
  const stated = Array.isArray(card.supportedInterfaces) ? card.supportedInterfaces : older;
  return arrayOf(stated, cardInterfacesMax).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const url = safeLink(stringOf(entry.url));
    const binding = line(entry.protocolBinding ?? entry.transport);
    const version = line(entry.protocolVersion ?? card.protocolVersion);
    return url && binding ? [{ url, binding, version }] : [];
  });
}

function readProvider(value: Json | undefined): AgentCard['provider'] | null {
  if (!isObject(value)) return null;
  const name = line(value.organization);
  return name ? { name, url: safeLink(stringOf(value.url)) } : null;
}

function line(value: Json | undefined): string | null {
  return cleanLine(stringOf(value) ?? '', formLimits.lineCharsMax) || null;
}

/** Without its percent-encoding (RFC 5122 §2.2); null where that is broken. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
