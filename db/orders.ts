/** The orders of a search: what each compares, how a page goes on after another, and the index along which it may go. */

import { type SQL, sql } from 'drizzle-orm';
import type { KeyType } from '../market/cursor.ts';
import { nearOf, type Query } from '../market/query/ast.ts';
import type { Sort } from '../market/query/sort.ts';
import { lowOfUnknown } from '../market/reputation/scored.ts';
import { distanceKm } from './conditions.ts';
import { listing } from './schema.ts';

/** Where a page ended: the value of what it is ordered by, as text, and the id. */
export type SearchKey = { key: string; id: string };

/** The types as which the keys of each order compare. */
export const keyTypes = {
  relevance: 'int4',
  rating: 'int4',
  recent: 'int8',
  name: 'text',
  price: 'numeric',
  distance: 'float8',
} as const satisfies { [sort in Sort]: KeyType };

export type Order = {
  key: SQL;
  type: KeyType;
  descending: boolean;
  /** The order is that of the score, which is known only when all shares are. */
  isScore: boolean;
  /** Candidates are taken by what the order compares, and not by their standing. */
  isCutByKey?: boolean;
  /** The best rated are candidates besides those of the best standing. */
  isByRating?: boolean;
  /** Where the order has an index: its column, and the condition by which it begins at that key or before it. */
  index: { column: SQL; from: (key: string) => SQL } | null;
};

/**
 * The lower end of the rating, in thousandths of a star; of a listing that nobody has rated what its provider has, and of
 * one of whom nothing is known what nothing amounts to.
 */
const lowOf = (kind: 'listing' | 'provider', subject: SQL) =>
  sql`(select low from reputation where kind = ${sql.raw(`'${kind}'`)} and subject = ${subject})`;
const lowKey = sql`(1000 * coalesce(${lowOf('listing', sql`listing.id`)}, ${lowOf('provider', sql`listing.jid`)},
  ${lowOfUnknown}::float8))::int4`;

export function orderOf(sort: Sort, query: Query): Order {
  switch (sort) {
    case 'relevance':
      return { key: sql`0`, type: keyTypes[sort], descending: true, isScore: true, index: null };
    case 'rating':
      return {
        ...{ key: lowKey, type: keyTypes[sort], descending: true, isScore: false, index: null },
        isByRating: true,
      };
    case 'recent': {
      const micros = sql`(extract(epoch from ${listing.updated}) * 1000000)::int8`;
      const column = sql`${listing.updated}`;
      // The key is exact, and a double is not quite.
      const from = (key: string) =>
        sql`${column} <= to_timestamp(${key}::float8 / 1000000) + interval '1 ms'`;
      return { key: micros, type: keyTypes[sort], descending: true, isScore: false, index: { column, from } };
    }
    case 'name': {
      const column = sql`${listing.nameKey}`;
      const from = (key: string) => sql`${column} >= ${key}`;
      return {
        key: column,
        type: keyTypes[sort],
        descending: false,
        isScore: false,
        index: { column, from },
      };
    }
    case 'price':
      return {
        key: sql`${listing.priceAmount}`,
        type: keyTypes[sort],
        descending: false,
        isScore: false,
        isCutByKey: true,
        index: null,
      };
    case 'distance': {
      const near = nearOf(query) ?? { lat: 0, lon: 0 };
      return {
        ...{ key: distanceKm(near), type: keyTypes[sort], descending: false, isScore: false, index: null },
        isCutByKey: true,
      };
    }
  }
}

export function direction({ descending }: Order): SQL {
  return sql.raw(descending ? 'desc nulls last' : 'asc');
}

/** What comes after the key in that order. */
export function afterKey({ type, descending }: Order, key: SQL, after: SearchKey | null): SQL {
  if (!after) return sql`true`;
  const value = sql`${after.key}::${sql.raw(type)}`;
  return sql`(${key} ${sql.raw(descending ? '<' : '>')} ${value} or (${key} = ${value} and id > ${after.id}))`;
}
