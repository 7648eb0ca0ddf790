/** A node that holds one item, which does not change while the directory runs: a card, a picture. */

import type { ItemsQuestion, ServedItem } from '../../protocol/pubsub-service.ts';
import type { ItemsPage, NodeAccess, NodeInfo, OwnNode } from './own-node.ts';

export type StillNodeOptions = { node: string; item: ServedItem; access: NodeAccess; info: NodeInfo };

export class StillNode implements OwnNode {
  readonly node: string;
  readonly access: NodeAccess;
  readonly info: NodeInfo;
  readonly subscribable = null;
  #item: ServedItem;

  constructor({ node, item, access, info }: StillNodeOptions) {
    this.node = node;
    this.access = access;
    this.info = info;
    this.#item = item;
  }

  /** The one item, unless others were named or none at all is wanted. */
  async items({ ids, max, rsm }: ItemsQuestion): Promise<ItemsPage> {
    const { id } = this.#item;
    const place = rsm?.place;
    const isPast = place !== undefined && 'key' in place;
    const isWanted = (ids.length === 0 || ids.includes(id)) && max !== 0 && rsm?.max !== 0 && !isPast;
    const items = isWanted ? [this.#item] : [];
    const key = items[0]?.id ?? null;
    return { items, rsm: rsm && { first: key, last: key, count: 1 } };
  }
}
