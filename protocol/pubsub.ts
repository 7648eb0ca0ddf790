/**
 * XEP-0060: Publish-Subscribe (1.26): reading nodes and their notifications, and publishing on one's own.
 * https://xmpp.org/extensions/xep-0060.html
 */

import { field, form, writeForm } from './data-form.ts';
import { NS_PUBSUB, NS_PUBSUB_EVENT } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { token } from './text.ts';
import { boundedChildren, type Element, requireChild, xml } from './xml.ts';

/** An item's payload stays an element until the codec of its dialect reads it. */
export type PubsubItem = { id: string | null; publisher: string | null; payload: Element | null };
export type PubsubItems = { node: string; items: PubsubItem[] };
export type PubsubEvent = PubsubItems & { retracted: string[] };

export const pubsubItemsMax = 200;
const tokenCharsMax = 1024;

export function pubsubItemsQuery(node: string, itemsMax: number): Element {
  return xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', { node, max_items: itemsMax }));
}

/** Asks for a node's notifications (§6.1). @param jid the subscriber's bare JID */
export function pubsubSubscription(node: string, jid: string): Element {
  return xml('pubsub', { xmlns: NS_PUBSUB }, xml('subscribe', { node, jid }));
}

export const accessModels = ['open', 'presence'] as const;
/** Who may read a node (§4.5): everybody, or whoever may see the owner's presence. */
export type AccessModel = (typeof accessModels)[number];

/** Publishes an item (§7.1) on a node of that access, which is made where there is none (§7.1.5). */
export function pubsubPublish(
  node: string,
  item: { id: string; payload: Element },
  access: AccessModel | null,
): Element {
  return xml(
    'pubsub',
    { xmlns: NS_PUBSUB },
    xml('publish', { node }, xml('item', { id: item.id }, item.payload)),
    access && xml('publish-options', {}, accessForm(`${NS_PUBSUB}#publish-options`, access)),
  );
}

/** Changes who may read one's node (§8.2). */
export function pubsubConfigureAccess(node: string, access: AccessModel): Element {
  return xml(
    'pubsub',
    { xmlns: `${NS_PUBSUB}#owner` },
    xml('configure', { node }, accessForm(`${NS_PUBSUB}#node_config`, access)),
  );
}

function accessForm(formType: string, access: AccessModel): Element {
  return writeForm(
    form('submit', [field('FORM_TYPE', formType, 'hidden'), field('pubsub#access_model', access)]),
  );
}

/** @throws {ParseError} where the element is no list of items. */
export function readPubsubItems(element: Element): PubsubItems {
  if (!element.is('pubsub', NS_PUBSUB)) throw new ParseError('<pubsub/> expected');
  return readList(requireChild(element, 'items', NS_PUBSUB), NS_PUBSUB);
}

/** Reads the notification in a message; null where the message carries none. @throws {ParseError} */
export function readPubsubEvent(message: Element): PubsubEvent | null {
  const items = message.getChild('event', NS_PUBSUB_EVENT)?.getChild('items', NS_PUBSUB_EVENT);
  if (!items) return null;
  const retracted = boundedChildren(items, 'retract', NS_PUBSUB_EVENT, pubsubItemsMax);
  return {
    ...readList(items, NS_PUBSUB_EVENT),
    retracted: retracted.map((item) => token(item.attrs.id, tokenCharsMax)).filter((id) => id !== null),
  };
}

function readList(items: Element, xmlns: string): PubsubItems {
  const node = token(items.attrs.node, tokenCharsMax);
  if (!node) throw new ParseError('the list of items names no node');
  return {
    node,
    items: boundedChildren(items, 'item', xmlns, pubsubItemsMax).map((item) => ({
      id: token(item.attrs.id, tokenCharsMax),
      publisher: token(item.attrs.publisher, tokenCharsMax),
      payload: item.getChildElements()[0] ?? null,
    })),
  };
}
