/** Search results as a table (XEP-0004 §3.4), for whichever way somebody searches. */

import type { ListingRecord, Price } from '../market/listing.ts';
import { isProblem, type Problem } from '../market/problem.ts';
import { formatQuery } from '../market/query/format.ts';
import { scoreUnit } from '../market/ranking.ts';
import type { Deps } from '../operations/deps.ts';
import { type SearchInput, type SearchPage, search } from '../operations/search.ts';
import type { Note } from '../protocol/commands.ts';
import type { Form } from '../protocol/data-form.ts';
import { type Column, table } from './commands/fields.ts';
import { specialistItem } from './listing-item.ts';

export const tableLimits = {
  rowsMax: 50,
  /** Of a page's cells: a stanza must stay below what servers take. */
  charsMax: 60_000,
} as const;

export const listingColumns: Column[] = [
  { name: 'name', label: 'Name' },
  { name: 'jid', label: 'Address to call', type: 'jid-single' },
  { name: 'node', label: 'Node to call' },
  { name: 'kind', label: 'Kind' },
  { name: 'price', label: 'Price' },
  { name: 'online', label: 'Online: 1 or 0, empty where it is not shown' },
  { name: 'rating', label: 'Rating, its interval and count; empty where nobody rated' },
];

export const idColumn: Column = { name: 'id', label: 'Listing' };

const columns: Column[] = [...listingColumns, { name: 'score', label: 'Score, from 0 to 1' }, idColumn];

/** The cells of `listingColumns`. */
export function listingCells(record: ListingRecord): string[] {
  const { listing, status } = record;
  const { jid, node } = specialistItem(record);
  const online = status.online === null ? '' : status.online ? '1' : '0';
  return [
    listing.name,
    jid,
    node ?? '',
    listing.kind,
    priceText(listing.price),
    online,
    ratingText(record.rating),
  ];
}

/** Such as `4.6 (4.1 to 4.9), 31`. */
export function ratingText(rating: ListingRecord['rating']): string {
  if (!rating) return '';
  const { score, low, high, count } = rating;
  return `${score.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)}), ${count}`;
}

export function priceText(price: Price | null): string {
  return price ? `${price.amount} ${price.currency} per ${price.unit}` : '';
}

function rowOf({ record, score }: SearchPage['items'][number]): string[] {
  return [...listingCells(record), (score / scoreUnit).toFixed(3), record.listing.id];
}

export function searchTable({ items }: SearchPage): Form {
  return table('Listings', columns, items.map(rowOf));
}

/** A page of at most that many results, fewer where they are long. */
export async function searchThatFits(deps: Deps, input: SearchInput): Promise<SearchPage | Problem> {
  for (let limit = Math.min(input.limit, tableLimits.rowsMax); ; limit = Math.ceil(limit / 2)) {
    const page = await search(deps, { ...input, limit });
    if (isProblem(page) || limit === 1 || charsIn(page) <= tableLimits.charsMax) return page;
  }
}

function charsIn({ items }: SearchPage): number {
  return items.flatMap(rowOf).reduce((sum, cell) => sum + cell.length, 0);
}

/** What has to be known of a page beside its rows. */
export function searchNotes({ items, mended, partial, approximate }: SearchPage): Note[] {
  const info = (text: string): Note => ({ type: 'info', text });
  return [
    ...(items.length === 0 ? [info('Nothing matches.')] : []),
    ...(mended ? [info(`Nothing has these words; this is what has: ${formatQuery(mended)}`)] : []),
    ...(partial ? [info('Few have all the words; the last of these lack some.')] : []),
    ...(approximate ? [info('More match than are ranked.')] : []),
  ];
}
