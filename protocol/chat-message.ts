/**
 * Messages that somebody writes for somebody to read: RFC 6121 §5, with XEP-0203: Delayed Delivery (2.0) and XEP-0184:
 * Message Delivery Receipts (1.4).
 * https://xmpp.org/extensions/xep-0203.html, https://xmpp.org/extensions/xep-0184.html
 */

import { type Jid, tryJid } from './jid.ts';
import {
  NS_CONTRACT,
  NS_DELAY,
  NS_DIRECT_INVITE,
  NS_ENCRYPTION,
  NS_FALLBACK,
  NS_HTTP_AUTH,
  NS_MUC_USER,
  NS_OMEMO,
  NS_PUBSUB_EVENT,
  NS_RECEIPTS,
  NS_REPLY,
  NS_REQUEST,
  NS_SUBSCRIPTION,
} from './namespaces.ts';
import { cleanText, token, xmlSafe } from './text.ts';
import { type Element, xml } from './xml.ts';

/** The conversation that a message belongs to (§5.2.5), and the one from which that branched off. */
export type Thread = { id: string; parent: string | null };

export type ChatMessage = {
  from: Jid;
  type: 'chat' | 'normal';
  id: string | null;
  thread: Thread | null;
  /** Never empty. */
  body: string;
  /** When it was sent, where it was kept on the way; the beginning of time where the stamp is none. */
  sent: Date | null;
  /** A room's occupant wrote it, by way of the room (XEP-0045 §7.5). */
  isFromRoom: boolean;
  /** The body only says that another part of the message is encrypted (XEP-0380). */
  isEncrypted: boolean;
  wantsReceipt: boolean;
};

export const chatMessageLimits = { bodyCharsMax: 4_000, threadCharsMax: 256, idCharsMax: 256 } as const;

/** Null where nobody is meant to read it: no usable sender, another type, no body or one that only stands in. */
export function readChatMessage(stanza: Element): ChatMessage | null {
  const { idCharsMax, bodyCharsMax } = chatMessageLimits;
  const from = tryJid(stanza.attrs.from);
  const type = stanza.attrs.type ?? 'normal';
  if (!from || !stanza.is('message') || (type !== 'chat' && type !== 'normal')) return null;
  if (isStandIn(stanza)) return null;
  // One body a language; the one without stands for all of them.
  const bodies = stanza.getChildren('body');
  const body = bodies.find(({ attrs }) => attrs['xml:lang'] === undefined) ?? bodies[0];
  const text = cleanText(body?.text() ?? '', bodyCharsMax);
  if (text === '') return null;
  const id = token(stanza.attrs.id, idCharsMax);
  return {
    from,
    type,
    id,
    thread: readThread(stanza),
    body: text,
    sent: readDelay(stanza),
    isFromRoom: stanza.getChild('x', NS_MUC_USER) !== undefined,
    isEncrypted:
      stanza.getChild('encryption', NS_ENCRYPTION) !== undefined ||
      stanza.getChild('encrypted', NS_OMEMO) !== undefined,
    wantsReceipt: id !== null && stanza.getChild('request', NS_RECEIPTS) !== undefined,
  };
}

/** A reply in the same conversation, in English; with the receipt, where one was asked for. */
export function writeReply(to: Element, message: ChatMessage, id: string, body: string): Element {
  const { type, thread, wantsReceipt } = message;
  return xml(
    'message',
    { to: to.attrs.from, type, id, 'xml:lang': 'en' },
    xml('body', {}, xmlSafe(body)),
    thread && xml('thread', { parent: thread.parent }, thread.id),
    wantsReceipt && xml('received', { xmlns: NS_RECEIPTS, id: message.id }),
  );
}

/** The body is for those who do not understand what else is in the message: a notification, an invitation, a reaction. */
function isStandIn(stanza: Element): boolean {
  return (
    stanza.getChild('event', NS_PUBSUB_EVENT) !== undefined ||
    stanza.getChild('x', NS_DIRECT_INVITE) !== undefined ||
    stanza.getChild('confirm', NS_HTTP_AUTH) !== undefined ||
    stanza.getChild('notice', NS_SUBSCRIPTION) !== undefined ||
    stanza.getChild('contract', NS_CONTRACT) !== undefined ||
    stanza.getChild('request', NS_REQUEST) !== undefined ||
    // Where it stands in for a reply (XEP-0461), only what it quotes does.
    stanza.getChildren('fallback', NS_FALLBACK).some(({ attrs }) => attrs.for !== NS_REPLY)
  );
}

function readThread(stanza: Element): Thread | null {
  const element = stanza.getChild('thread');
  const { threadCharsMax } = chatMessageLimits;
  const id = token(element?.text(), threadCharsMax);
  return id ? { id, parent: token(element?.attrs.parent, threadCharsMax) } : null;
}

function readDelay(stanza: Element): Date | null {
  const delay = stanza.getChild('delay', NS_DELAY);
  if (!delay) return null;
  const sent = new Date(String(delay.attrs.stamp ?? ''));
  return Number.isNaN(sent.getTime()) ? new Date(0) : sent;
}
