/**
 * XEP-0060: Publish-Subscribe (1.26), as far as a service is asked for what stands on its nodes and for subscriptions to them.
 * https://xmpp.org/extensions/xep-0060.html
 */

import { NS_PUBSUB, NS_PUBSUB_EVENT } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type RsmQuestion, type RsmResult, readRsmQuestion, writeRsmResult } from './rsm.ts';
import { token } from './text.ts';
import { boundedChildren, type Element, xml } from './xml.ts';

export const pubsubQuestionLimits = { nodeCharsMax: 1_024, itemsMax: 50 } as const;

/** Which items of a node are asked for (§6.5). */
export type ItemsQuestion = {
  /** Those with these ids; empty for any. */
  ids: string[];
  /** So many of the youngest; null for no bound of the asker's. */
  max: number | null;
  rsm: RsmQuestion | null;
};

/** `node` is null where none is named; `jid` is text that may be no address. */
export type PubsubQuestion =
  | { ask: 'items'; node: string | null; question: ItemsQuestion; subid: string | null }
  | { ask: 'subscriptions'; node: string | null }
  | {
      ask: 'subscribe' | 'unsubscribe';
      node: string | null;
      jid: string | null;
      subid: string | null;
      /** It brings options (§6.3.7). */
      hasOptions: boolean;
    }
  /** Something else: the name of the element. */
  | { ask: 'other'; name: string; node: string | null };

export type PubsubSubscription = { node: string; jid: string };
export type ServedItem = { id: string; payload: Element };

/**
 * Reads a `<pubsub/>` of an IQ of that type.
 * @throws {ParseError} where it holds nothing, or what cannot be read
 */
export function readPubsubQuestion(element: Element, type: 'get' | 'set'): PubsubQuestion {
  const [first, ...others] = element.getChildElements().filter((child) => child.getNS() === element.getNS());
  if (!first) throw new ParseError('<pubsub/> holds no question');
  const node = readNode(first);
  const { name, attrs } = first;
  if (type === 'get' && name === 'items') {
    return { ask: 'items', node, question: readItemsQuestion(first, element), subid: attrs.subid ?? null };
  }
  if (type === 'get' && name === 'subscriptions') return { ask: 'subscriptions', node };
  if (type === 'set' && (name === 'subscribe' || name === 'unsubscribe')) {
    const hasOptions = others.some((other) => other.name === 'options');
    return { ask: name, node, jid: attrs.jid ?? null, subid: attrs.subid ?? null, hasOptions };
  }
  return { ask: 'other', name, node };
}

function readNode(element: Element): string | null {
  const { node } = element.attrs;
  if (node === undefined || node === '') return null;
  const read = token(node, pubsubQuestionLimits.nodeCharsMax);
  if (read === null) throw new ParseError('the node has a name that none can have');
  return read;
}

function readItemsQuestion(items: Element, pubsub: Element): ItemsQuestion {
  const { max_items: max } = items.attrs;
  if (max !== undefined && !/^\d{1,9}$/.test(max)) throw new ParseError('max_items is no whole number');
  const asked = boundedChildren(items, 'item', NS_PUBSUB, pubsubQuestionLimits.itemsMax);
  const ids = asked.map((item) => token(item.attrs.id, pubsubQuestionLimits.nodeCharsMax));
  return {
    ids: ids.filter((id) => id !== null),
    max: max === undefined ? null : Number(max),
    rsm: readRsmQuestion(pubsub),
  };
}

/** §6.5.3 */
export function writeServedItems(node: string, items: ServedItem[], rsm: RsmResult | null): Element {
  return xml(
    'pubsub',
    { xmlns: NS_PUBSUB },
    xml('items', { node }, items.map(writeItem)),
    rsm && writeRsmResult(rsm),
  );
}

/** §6.1.2 */
export function writeSubscribed({ node, jid }: PubsubSubscription): Element {
  return xml('pubsub', { xmlns: NS_PUBSUB }, xml('subscription', { node, jid, subscription: 'subscribed' }));
}

/** §5.6 @param node where only that node's were asked for */
export function writeSubscriptions(node: string | null, subscriptions: PubsubSubscription[]): Element {
  return xml(
    'pubsub',
    { xmlns: NS_PUBSUB },
    xml(
      'subscriptions',
      { node },
      subscriptions.map(({ node, jid }) => xml('subscription', { node, jid, subscription: 'subscribed' })),
    ),
  );
}

/** A notification (§7.1.2.1), as its subscriber gets it. A headline: nobody keeps it for who is away (RFC 6121 §5.2.2). */
export function writePubsubEvent(to: string, id: string, node: string, items: ServedItem[]): Element {
  return xml(
    'message',
    { to, id, type: 'headline' },
    xml('event', { xmlns: NS_PUBSUB_EVENT }, xml('items', { node }, items.map(writeItem))),
  );
}

function writeItem({ id, payload }: ServedItem): Element {
  return xml('item', { id }, payload);
}
