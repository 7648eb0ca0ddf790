/**
 * What a catalogue is filtered by that the query language has no word for. Marks are indexed as lexemes of the kind
 * `kind`, since no agent chooses its values: none can pose as another's name or publisher.
 */

import { createHash } from 'node:crypto';
import type { Listing, ListingKind } from '../listing.ts';
import type { Qualifier } from '../query/ast.ts';
import { queryToken } from '../query/clean.ts';
import { cardOf } from './card.ts';
import type { CardType } from './media-types.ts';

export type Mark =
  /** The domain itself, where `domain:` takes what is below it, too. */
  | { of: 'publisher'; domain: string }
  /** The whole name, whatever its case. */
  | { of: 'name'; name: string }
  | { of: 'card'; type: CardType };

export function marksOf(listing: Listing): string[] {
  const card = cardOf(listing);
  const marks: Mark[] = [
    { of: 'publisher', domain: listing.provider.domain },
    { of: 'name', name: listing.name },
    ...(card ? [{ of: 'card', type: card.type } as const] : []),
  ];
  return marks.map(writeMark);
}

/** Listings that have one of the marks. */
export function marked(marks: readonly Mark[]): Qualifier<'kind'> {
  // The index knows marks from kinds by the equals sign.
  return { name: 'kind', excluded: false, values: marks.map(writeMark) as string[] as ListingKind[] };
}

function writeMark(mark: Mark): string {
  switch (mark.of) {
    case 'publisher':
      return `publisher=${mark.domain}`;
    case 'name':
      // A name can be longer than a lexeme.
      return `name=${createHash('sha256').update(queryToken(mark.name)).digest('base64url').slice(0, 22)}`;
    case 'card':
      return `card=${mark.type}`;
  }
}
