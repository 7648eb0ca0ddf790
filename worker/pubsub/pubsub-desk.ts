/** Answers what is asked of the directory's own pubsub nodes (XEP-0060), whatever they hold. */

import type { Caller } from '../../operations/deps.ts';
import { type Form, field, form } from '../../protocol/data-form.ts';
import type { DiscoInfo, DiscoItem, DiscoItems } from '../../protocol/disco.ts';
import { bareJid, formatJid, type Jid, tryJid } from '../../protocol/jid.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PUBSUB, NS_PUBSUB_OWNER } from '../../protocol/namespaces.ts';
import { writePubsubError } from '../../protocol/pubsub-errors.ts';
import {
  type ItemsQuestion,
  type PubsubQuestion,
  type PubsubSubscription,
  readPubsubQuestion,
  writeServedItems,
  writeSubscribed,
  writeSubscriptions,
} from '../../protocol/pubsub-service.ts';
import type { RsmQuestion } from '../../protocol/rsm.ts';
import { type StanzaError, writeStanzaError } from '../../protocol/stanza-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { type ItemsPage, type NodeAccess, type NodeInfo, nodeItem, type OwnNode } from './own-node.ts';

/** What of pubsub is done here (§10). */
export const pubsubFeatures = [
  NS_PUBSUB,
  ...[
    'item-ids',
    'meta-data',
    'persistent-items',
    'retrieve-items',
    'retrieve-subscriptions',
    'rsm',
    'subscribe',
  ].map((name) => `${NS_PUBSUB}#${name}`),
];

export type PubsubDeskDeps = {
  nodes: OwnNode[];
  /** Whether the subscription of that bare JID to the directory's presence is in force. */
  isSubscriber: (jid: string) => boolean;
};

/** A result's payload, an `<error/>`, or null for a result without one. */
export type PubsubReply = Element | null;

export class PubsubDesk {
  #nodes: Map<string, OwnNode>;
  #isSubscriber: PubsubDeskDeps['isSubscriber'];

  constructor({ nodes, isSubscriber }: PubsubDeskDeps) {
    this.#nodes = new Map(nodes.map((node) => [node.node, node]));
    this.#isSubscriber = isSubscriber;
  }

  /** The nodes, as disco#items of the directory lists them. @param own the address at which it was asked */
  list(own: string): DiscoItem[] {
    return [...this.#nodes.values()].map((node) => nodeItem(own, node));
  }

  /** What disco#info says of a node (§5.3, §5.4); null where there is none of that name. */
  info(name: string): DiscoInfo | null {
    const node = this.#nodes.get(name);
    if (!node) return null;
    const { info, access } = node;
    return {
      node: name,
      identities: [{ category: 'pubsub', type: 'leaf', name: info.title, lang: null }],
      features: [NS_PUBSUB, NS_DISCO_INFO, NS_DISCO_ITEMS],
      forms: [metaData(access, info)],
    };
  }

  /** The items of a node (§5.5): their ids are names. Null where there is no such node. */
  async items(
    caller: Caller,
    name: string,
    rsm: RsmQuestion | null,
    own: string,
  ): Promise<DiscoItems | Element | null> {
    const node = this.#nodes.get(name);
    if (!node) return null;
    const page = await this.#itemsOf(node, caller, { ids: [], max: null, rsm });
    if (!('items' in page)) return page;
    const items = page.items.map(({ id }) => ({ jid: own, node: null, name: id }));
    return { node: name, items, rsm: page.rsm };
  }

  /**
   * The answer to a `<pubsub/>` of an IQ of that type.
   * @throws {ParseError} where it cannot be read
   */
  async answer(from: Jid, element: Element, type: 'get' | 'set'): Promise<PubsubReply> {
    const question = readPubsubQuestion(element, type);
    const caller: Caller = { jid: bareJid(from), domain: from.domain };
    if (question.ask === 'subscriptions') return this.#subscriptions(caller, question.node);
    const feature = question.ask === 'other' && missingFeature(question.name, element);
    if (feature) return writePubsubError('unsupported', null, feature);
    if (question.node === null) return writePubsubError('nodeid-required');
    const node = this.#nodes.get(question.node);
    if (!node) return refusal(notFound);
    // Whatever else is asked of a node that is there, its owner alone may do (§7.1.3.1, §8).
    if (question.ask === 'other') return refusal(forbidden);
    if (question.subid !== null) return writePubsubError('invalid-subid');
    if (question.ask !== 'items') return this.#move(node, from, caller, question);
    const page = await this.#itemsOf(node, caller, question.question);
    return 'items' in page ? writeServedItems(node.node, page.items, page.rsm) : page;
  }

  async #itemsOf(node: OwnNode, caller: Caller, question: ItemsQuestion): Promise<ItemsPage | Element> {
    if (!this.#mayRead(node, caller)) return writePubsubError('presence-subscription-required');
    const page = await node.items(question);
    return 'items' in page ? page : refusal(page);
  }

  #mayRead({ access }: OwnNode, { jid }: Caller): boolean {
    return access === 'open' || this.#isSubscriber(jid);
  }

  /** §6.1, §6.2: an entity subscribes itself and nobody else. */
  async #move(
    node: OwnNode,
    from: Jid,
    caller: Caller,
    { ask, jid, hasOptions }: Extract<PubsubQuestion, { ask: 'subscribe' | 'unsubscribe' }>,
  ): Promise<PubsubReply> {
    if (jid === null) return writePubsubError('jid-required');
    const subscriber = tryJid(jid);
    if (!subscriber || bareJid(subscriber) !== bareJid(from)) return writePubsubError('invalid-jid');
    const { subscribable } = node;
    if (ask === 'unsubscribe') {
      const was = await subscribable?.unsubscribe(caller);
      return was ? null : writePubsubError('not-subscribed');
    }
    if (!this.#mayRead(node, caller)) return writePubsubError('presence-subscription-required');
    if (!subscribable) return writePubsubError('unsupported', null, 'subscribe');
    if (hasOptions) return writePubsubError('unsupported', null, 'subscription-options');
    const address = formatJid(subscriber);
    const outcome = await subscribable.subscribe(caller, address);
    if (outcome === 'full') return writePubsubError('too-many-subscriptions');
    return writeSubscribed({ node: node.node, jid: address });
  }

  async #subscriptions(caller: Caller, name: string | null): Promise<Element> {
    if (name !== null && !this.#nodes.has(name)) return refusal(notFound);
    const found: PubsubSubscription[] = [];
    for (const { node, subscribable } of this.#nodes.values()) {
      const isAsked = name === null || name === node;
      const jid = isAsked && subscribable ? await subscribable.addressOf(caller) : null;
      if (jid) found.push({ node, jid });
    }
    return writeSubscriptions(name, found);
  }
}

/** The feature that somebody would need who does such things; null where it is another matter. */
function missingFeature(name: string, { attrs }: Element): string | null {
  const missing = attrs.xmlns === NS_PUBSUB_OWNER ? ownerFeatures : features;
  return missing.get(name) ?? null;
}

const features: ReadonlyMap<string, string> = new Map([
  ['affiliations', 'retrieve-affiliations'],
  ['create', 'create-nodes'],
  ['default', 'retrieve-default-sub'],
  ['options', 'subscription-options'],
]);

const ownerFeatures: ReadonlyMap<string, string> = new Map([['default', 'retrieve-default']]);

const notFound: StanzaError = { type: 'cancel', condition: 'item-not-found', text: 'There is no such node.' };
const forbidden: StanzaError = {
  type: 'auth',
  condition: 'forbidden',
  text: 'The directory alone publishes here.',
};

function refusal(error: StanzaError): Element {
  return writeStanzaError(error);
}

/** §5.4 */
function metaData(access: NodeAccess, { title, description, type }: NodeInfo): Form {
  return form('result', [
    field('FORM_TYPE', `${NS_PUBSUB}#meta-data`, 'hidden'),
    field('pubsub#title', title),
    field('pubsub#description', description),
    field('pubsub#type', type),
    field('pubsub#access_model', access, 'list-single'),
  ]);
}
