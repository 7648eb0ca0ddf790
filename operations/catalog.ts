/** The directory as a catalogue of entries (ARD): the same search and facets, of listings that have one entry or two. */

import { type FacetName, type Facets, facetLimits } from '../db/facets.ts';
import { readIdentifier, typesOf } from '../market/ard/entry.ts';
import { isSince, type Since } from '../market/ard/list.ts';
import { marked } from '../market/ard/marks.ts';
import { type EntryType, LISTING_TYPE } from '../market/ard/media-types.ts';
import type { CatalogQuery } from '../market/ard/narrow.ts';
import type { ListingRecord } from '../market/listing.ts';
import { isProblem, type Problem, problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import type { Sort } from '../market/query/sort.ts';
import type { Deps } from './deps.ts';
import { facets } from './explore.ts';
import { type SearchPage, search } from './search.ts';
import { showListing } from './show.ts';

/** Pages of listings that are read for one page of entries, where some of them are left out. */
const roundsMax = 5;

type Hit = SearchPage['items'][number];
export type Entry = Hit & { type: EntryType };
export type EntryPage = { entries: Entry[]; token: string | null };

/** After this page's listings, and so many entries of the next one. */
type Place = { cursor: string | null; given: number };

export type BrowseInput = CatalogQuery & {
  sort: Sort;
  pageSize: number;
  token: string | null;
  /** Only what was first seen since. */
  created?: Since[];
};

/** @param input `pageSize` from 1 to `pageSizeMax` of search */
export async function browse(deps: Deps, input: BrowseInput): Promise<EntryPage | Problem> {
  const { query, types, sort, pageSize, token, created = [] } = input;
  let place = placeOf(token);
  if (types.length === 0) return place.cursor === null ? { entries: [], token: null } : foreign;
  const listings = (limit: number, cursor: string | null) => search(deps, { query, sort, limit, cursor });
  const entries: Entry[] = [];
  for (let round = 0; round < roundsMax && entries.length < pageSize; round++) {
    const page = await listings(pageSize - entries.length, place.cursor);
    if (isProblem(page)) return page;
    const taken = take(page.items, place.given, pageSize - entries.length, (hit) =>
      created.every((since) => isSince(since, hit.record.firstSeen)) ? entriesOf(hit, types) : [],
    );
    entries.push(...taken.entries);
    if (taken.whole === page.items.length) {
      if (page.cursor === null) return { entries, token: null };
      place = { cursor: page.cursor, given: 0 };
      continue;
    }
    // The page is full before its listings are through: the next one goes on after those that were given whole.
    const before = taken.whole === 0 ? null : await listings(taken.whole, place.cursor);
    if (isProblem(before)) return before;
    if (before?.cursor === null) return { entries, token: null };
    place = { cursor: before === null ? place.cursor : before.cursor, given: taken.given };
  }
  return { entries, token: tokenOf(place) };
}

function entriesOf(hit: Hit, types: readonly EntryType[]): Entry[] {
  return typesOf(hit.record.listing)
    .filter((type) => types.includes(type))
    .map((type) => ({ ...hit, type }));
}

/** The entries of as many listings as there is room for, and where they end. */
function take(hits: Hit[], givenOfFirst: number, room: number, of: (hit: Hit) => Entry[]) {
  const entries: Entry[] = [];
  for (const [whole, hit] of hits.entries()) {
    const before = whole === 0 ? givenOfFirst : 0;
    const all = of(hit).slice(before);
    const left = room - entries.length;
    entries.push(...all.slice(0, left));
    if (all.length > left) return { entries, whole, given: before + left };
  }
  return { entries, whole: hits.length, given: 0 };
}

/** Ends the token of a page that ends between a listing's two entries. */
const GIVEN_ONE = '~1';

function placeOf(token: string | null): Place {
  if (!token) return { cursor: null, given: 0 };
  if (!token.endsWith(GIVEN_ONE)) return { cursor: token, given: 0 };
  return { cursor: token.slice(0, -GIVEN_ONE.length) || null, given: 1 };
}

function tokenOf({ cursor, given }: Place): string | null {
  return given === 0 ? cursor : `${cursor ?? ''}${GIVEN_ONE}`;
}

/** One entry by its identifier. */
export async function showEntry(
  deps: Deps,
  identifier: string,
): Promise<{ record: ListingRecord; type: EntryType } | Problem> {
  const { listing, isCard } = readIdentifier(identifier);
  const record = await showListing(deps, listing);
  if (isProblem(record)) return record;
  const type = typesOf(record.listing)[isCard ? 1 : 0];
  return type ? { record, type } : problem('listing-not-found', 'The agent states no card of this listing.');
}

const foreign = problem(
  'invalid-cursor',
  'The page token is none of this query; expected the token of its last page, or none.',
);

export type Bucket = { value: string; count: number };
/** The most frequent values, and how many more there are where that is known. */
export type Counted = { buckets: Bucket[]; others: number | null };
export type CountedField = 'type' | FacetName;

/** Counts over what the query matches, within the same cut as its results. */
export async function countEntries(
  deps: Deps,
  { query, types }: CatalogQuery,
  fields: readonly CountedField[],
): Promise<{ [field in CountedField]?: Counted }> {
  if (types.length === 0)
    return Object.fromEntries(fields.map((field) => [field, { buckets: [], others: 0 }]));
  const [all, byType] = await Promise.all([
    facets(deps, query),
    fields.includes('type') ? countTypes(deps, query, types) : [],
  ]);
  const ofField = (field: CountedField): Counted => {
    if (field === 'type') {
      const own = types.includes(LISTING_TYPE) ? [{ value: LISTING_TYPE, count: all.counted }] : [];
      const buckets = [...own, ...byType].filter(({ count }) => count > 0);
      return { buckets: buckets.sort((a, b) => b.count - a.count), others: 0 };
    }
    return { buckets: all.facets[field], others: othersOf(field, all) };
  };
  return Object.fromEntries(fields.map((field) => [field, ofField(field)]));
}

/** How many listings have a card of each type. */
function countTypes(deps: Deps, query: Query, types: EntryType[]): Promise<Bucket[]> {
  const cards = types.filter((type) => type !== LISTING_TYPE);
  return Promise.all(
    cards.map(async (type) => {
      const narrowed = { ...query, qualifiers: [...query.qualifiers, marked([{ of: 'card', type }])] };
      return { value: type, count: (await facets(deps, narrowed)).counted };
    }),
  );
}

/** Null where values beyond those that are counted by name may be held any number of times. */
function othersOf(field: FacetName, { facets, counted, approximate }: Facets): number | null {
  const values = facets[field];
  if (values.length < facetLimits.valuesMax) return 0;
  const isSingle = field === 'domain' || field === 'kind';
  return isSingle && !approximate ? counted - values.reduce((sum, { count }) => sum + count, 0) : null;
}
