/** The node of the news: the change feed as items, the number of a change being its item's id. */

import { isProblem } from '../../market/problem.ts';
import type { Deps } from '../../operations/deps.ts';
import {
  followNews,
  type NewsChange,
  newsAddress,
  readNewsItems,
  readNewsPage,
  unfollowNews,
} from '../../operations/news.ts';
import { NS_NEWS } from '../../protocol/namespaces.ts';
import type { ItemsQuestion, ServedItem } from '../../protocol/pubsub-service.ts';
import type { RsmPlace } from '../../protocol/rsm.ts';
import type { StanzaError } from '../../protocol/stanza-error.ts';
import { newsItem } from '../alerts/news-message.ts';
import { pageOf } from '../browse/pages.ts';
import type { ItemsPage, OwnNode } from './own-node.ts';

export const newsPageLimits = {
  /** Items of one answer; fewer where they are long. */
  itemsMax: 50,
  itemsDefault: 20,
} as const;

const SEQ = /^\d{1,15}$/;

export function newsNode(deps: Deps): OwnNode {
  return {
    node: NS_NEWS,
    access: 'open',
    info: {
      title: 'News',
      description:
        'Each listing that is added, changed or removed, in order. The id of an item is the number of the change.',
      type: NS_NEWS,
    },
    items: (question) => items(deps, question),
    subscribable: {
      subscribe: async (caller, address) => {
        const refused = await followNews(deps, caller, address);
        return isProblem(refused) ? 'full' : 'subscribed';
      },
      unsubscribe: (caller) => unfollowNews(deps, caller),
      addressOf: (caller) => newsAddress(deps, caller),
    },
  };
}

/** Without a place the youngest; §6.5.7 has `max_items` mean those, too. */
async function items(deps: Deps, { ids, max, rsm }: ItemsQuestion): Promise<ItemsPage | StanzaError> {
  const { itemsMax, itemsDefault } = newsPageLimits;
  if (ids.length > 0) {
    const seqs = ids.filter((id) => SEQ.test(id)).map(Number);
    return { items: served(await readNewsItems(deps, seqs)), rsm: null };
  }
  const limit = Math.min(rsm?.max ?? max ?? itemsDefault, itemsMax);
  const place = rsm?.place ?? { from: 'end' };
  if (place.from === 'index') return unordered;
  if ('key' in place && !SEQ.test(place.key)) return noSuchItem;
  const isBackwards = place.from === 'before' || place.from === 'end';
  const found = await readNewsPage(deps, isBackwards ? 'before' : 'after', fromOf(place), limit);
  const keyed = served(found).map((item) => ({
    item,
    key: item.id,
    chars: item.payload.toString().length,
  }));
  const page = pageOf(keyed, null, isBackwards ? 'end' : 'start');
  const isCut = page.items.length < found.length;
  return { items: page.items, rsm: rsm || isCut || found.length === limit ? page.rsm : null };
}

function fromOf(place: Exclude<RsmPlace, { from: 'index' }>): number | null {
  return 'key' in place ? Number(place.key) : null;
}

function served(found: NewsChange[]): ServedItem[] {
  return found.flatMap(({ change, record }) => newsItem(change, record) ?? []);
}

const unordered: StanzaError = {
  type: 'cancel',
  condition: 'feature-not-implemented',
  text: 'The news are read by <after/> and <before/>.',
};

const noSuchItem: StanzaError = {
  type: 'cancel',
  condition: 'item-not-found',
  text: 'No item has this id; expected the number of a change.',
};
