/** The notification of one change to a subscriber of the news. */

import type { FeedChange } from '../../db/changes.ts';
import type { ListingRecord } from '../../market/listing.ts';
import { shownForm } from '../../market/listing-form.ts';
import { writeNews } from '../../protocol/dialects/news.ts';
import { NS_NEWS } from '../../protocol/namespaces.ts';
import { type ServedItem, writePubsubEvent } from '../../protocol/pubsub-service.ts';
import type { Element } from '../../protocol/xml.ts';

/** @param record the listing as it is; null is answered where it has changed again since: that change is the news of it */
export function newsItem(change: FeedChange, record: ListingRecord | null): ServedItem | null {
  const { seq, id: listing, op, at } = change;
  if (op === 'put' && record?.seq !== seq) return null;
  const form = op === 'put' && record ? shownForm(record) : null;
  return { id: String(seq), payload: writeNews({ op, listing, at, form }) };
}

export function newsMessage(to: string, item: ServedItem): Element {
  return writePubsubEvent(to, `news-${item.id}`, NS_NEWS, [item]);
}

export function isNewsId(stanzaId: string): boolean {
  return /^news-\d{1,15}$/.test(stanzaId);
}
