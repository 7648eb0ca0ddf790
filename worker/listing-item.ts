/** Whom to call for a listing. */

import type { ListingRecord } from '../market/listing.ts';
import type { DiscoItem } from '../protocol/disco.ts';

/** The specialist's own address, and the node where the listing is called by one: the next question goes there. */
export function specialistItem({ listing, status }: ListingRecord): DiscoItem {
  const { call, provider, name } = listing;
  return { jid: status.callJid ?? provider.jid, node: call?.node ?? null, name };
}
