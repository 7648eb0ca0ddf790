/** A listing as entries of a catalogue (ARD v0.9 §4.2): itself, and the card that the agent states of it by HTTP. */

import { asciiDomain } from '../../protocol/jid.ts';
import type { Listing, ListingRecord } from '../listing.ts';
import { cardOf } from './card.ts';
import { type EntryType, LISTING_TYPE } from './media-types.ts';

export type CatalogEntry = {
  identifier: string;
  displayName: string;
  type: EntryType;
  url: string;
  description?: string;
  tags?: string[];
  capabilities?: string[];
  representativeQueries?: string[];
  updatedAt: string;
  metadata: { [name: string]: string | boolean };
};

/** The specification takes from 2 to 5 representative queries, or none. */
const queriesMin = 2;
const queriesMax = 5;

const CARD_SUFFIX = ':card';

/** The types of the entries that a listing has, its own first. */
export function typesOf(listing: Listing): EntryType[] {
  const card = cardOf(listing);
  return card ? [LISTING_TYPE, card.type] : [LISTING_TYPE];
}

/**
 * The listing's entry of a type that it has.
 * @param origin where the directory is served, without a slash at the end
 */
export function entryOf(record: ListingRecord, type: EntryType, origin: string): CatalogEntry {
  const { listing } = record;
  const card = cardOf(listing);
  const said = describe(record);
  if (card && type === card.type) return { identifier: `${listing.id}${CARD_SUFFIX}`, ...card, ...said };
  return { identifier: listing.id, type: LISTING_TYPE, url: `${origin}/v1/listings/${listing.id}`, ...said };
}

/** Which listing's entry has this identifier, and whether it is the one of its card. */
export function readIdentifier(identifier: string): { listing: string; isCard: boolean } {
  const isCard = identifier.endsWith(CARD_SUFFIX);
  return { listing: isCard ? identifier.slice(0, -CARD_SUFFIX.length) : identifier, isCard };
}

/** The publisher's segment of the identifiers of what a domain offers. */
export function publisherOf(domain: string): string {
  return asciiDomain(domain).replaceAll(/[^a-zA-Z0-9.-]/g, '-');
}

/** What both entries say alike; empty lists are left out. */
function describe({ listing, updated, status }: ListingRecord) {
  const { name, description, tags, features, kind, provider, category, lang, price } = listing;
  const queries = [...new Set(listing.queries)].slice(0, queriesMax);
  return {
    displayName: name,
    ...(description !== null && { description }),
    ...(tags.length > 0 && { tags }),
    ...(features.length > 0 && { capabilities: features }),
    ...(queries.length >= queriesMin && { representativeQueries: queries }),
    updatedAt: updated.toISOString(),
    // Named as the qualifiers by which they are filtered.
    metadata: {
      kind,
      agent: provider.jid,
      ...(category !== null && { category }),
      ...(lang.length > 0 && { lang: lang.join(',') }),
      ...(price && { price: price.amount, currency: price.currency, priceUnit: price.unit }),
      ...(status.online !== null && { online: status.online }),
      stale: status.stale,
    },
  };
}
