/** A pubsub node (XEP-0060) that the directory itself serves, at the address where it answers questions. */

import type { Caller } from '../../operations/deps.ts';
import type { DiscoItem } from '../../protocol/disco.ts';
import type { ItemsQuestion, ServedItem } from '../../protocol/pubsub-service.ts';
import type { RsmResult } from '../../protocol/rsm.ts';
import type { StanzaError } from '../../protocol/stanza-error.ts';

/** `presence`: for those whose subscription to the directory's presence is in force, and nobody else (§4.5). */
export type NodeAccess = 'open' | 'presence';

export type NodeInfo = {
  title: string;
  description: string;
  /** The namespace of the items' payloads (`pubsub#type`). */
  type: string;
};

export type ItemsPage = { items: ServedItem[]; rsm: RsmResult | null };

/** Who is told of new items. Every one of them asks for itself alone: that is seen to before. */
export type Subscribable = {
  /** @param address the subscriber's own, with a resource or without; the refusal where there is no room */
  subscribe(caller: Caller, address: string): Promise<'subscribed' | 'full'>;
  /** False where it was not subscribed. */
  unsubscribe(caller: Caller): Promise<boolean>;
  /** The address that is told; null where none is. */
  addressOf(caller: Caller): Promise<string | null>;
};

export type OwnNode = {
  node: string;
  access: NodeAccess;
  info: NodeInfo;
  items(question: ItemsQuestion): Promise<ItemsPage | StanzaError>;
  /** Null where nobody can subscribe: what the node holds does not change while it is served, or only changes with it. */
  subscribable: Subscribable | null;
};

/** A node as disco#items of the directory names it. */
export function nodeItem(own: string, { node, info }: OwnNode): DiscoItem {
  return { jid: own, node, name: info.title };
}
