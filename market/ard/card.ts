/** The card that an agent states of a listing by HTTP: its type and address. */

import type { Listing } from '../listing.ts';
import { type CardType, cardTypes } from './media-types.ts';

export type Card = { type: CardType; url: string };

export function cardOf({ link, linkType }: Pick<Listing, 'link' | 'linkType'>): Card | null {
  const written = linkType?.trim().toLowerCase();
  const type = cardTypes.find((known) => known === written);
  return type && link?.startsWith('https:') ? { type, url: link } : null;
}
