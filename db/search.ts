/** Searches: candidates by the index, cut at a named number, then ranked. */

import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { ListingRecord } from '../market/listing.ts';
import { nearOf, type Query } from '../market/query/ast.ts';
import type { Sort } from '../market/query/sort.ts';
import { scoreUnit, type Why, weights, wordWeights } from '../market/ranking.ts';
import { conditions, distanceKm, wordsQuery } from './conditions.ts';
import type { Database } from './database.ts';
import { listingColumns, recordOf } from './listings.ts';
import { agent, listing, listingStatus } from './schema.ts';

/** A query's candidates are cut at this number, best described first, before they are ranked. */
export const candidatesMax = 1000;

/** Where a page ended: the value of what it is ordered by, as text, and the id. */
export type SearchKey = { key: string; id: string };
export type SearchHit = { record: ListingRecord; score: number; why: Why; key: string };

export type SearchRequest = { query: Query; sort: Sort; after: SearchKey | null; limit: number };

/** The first `limit` hits after `after`, and how many candidates were ranked. */
export async function searchListings(
  db: Database,
  { query, sort, after, limit }: SearchRequest,
): Promise<{ hits: SearchHit[]; candidates: number }> {
  const words = wordsQuery(query);
  const order = orderOf(sort, query);
  const matched = db.$with('matched').as(
    db
      .select({
        id: listing.id,
        jid: listing.jid,
        document: listing.document,
        quality: listing.quality,
        key: order.key.as('key'),
      })
      .from(listing)
      .innerJoin(agent, eq(agent.jid, listing.jid))
      .where(
        and(...conditions(query, words), order.isWalked ? afterKey(order, after, listing.id) : undefined),
      )
      .orderBy(
        ...(order.isWalked
          ? [direction(order, order.key), listing.id]
          : [sql`${listing.quality} desc`, listing.id]),
      )
      .limit(order.isWalked ? limit : candidatesMax),
  );
  const shares = sharesOf(words);
  const ranked = db.$with('ranked').as(
    db
      .select({
        id: sql<string>`matched.id`.as('id'),
        ...shares,
        key: sql`matched.key`.as('key'),
        candidates: sql<number>`count(*) over ()`.as('candidates'),
      })
      .from(matched)
      .innerJoin(listingStatus, sql`${listingStatus.id} = matched.id`),
  );
  const score = sql`(ranked.text + ranked.quality + ranked.rating + ranked.uptime + ranked.freshness)`;
  // The order by relevance is known only now; the others' key stands already.
  const key = sort === 'relevance' || sort === 'rating' ? score : sql`ranked.key`;
  const final = { ...order, key };
  const rows = await db
    .with(matched, ranked)
    .select({
      ...listingColumns,
      key: sql<string>`${key}::text`,
      text: sql<number>`ranked.text`.mapWith(Number),
      quality: sql<number>`ranked.quality`.mapWith(Number),
      rating: sql<number>`ranked.rating`.mapWith(Number),
      uptime: sql<number>`ranked.uptime`.mapWith(Number),
      freshness: sql<number>`ranked.freshness`.mapWith(Number),
      candidates: sql<number>`ranked.candidates`.mapWith(Number),
    })
    .from(ranked)
    .innerJoin(listing, sql`${listing.id} = ranked.id`)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .where(order.isWalked ? undefined : afterKey(final, after, listing.id))
    .orderBy(direction(final, key), listing.id)
    .limit(limit);
  return {
    hits: rows.map(({ key, text, quality, rating, uptime, freshness, candidates: _, ...row }) => ({
      record: recordOf(row),
      score: text + quality + rating + uptime + freshness,
      why: { text, quality, rating, uptime, freshness },
      key,
    })),
    candidates: rows[0]?.candidates ?? 0,
  };
}

type Order = {
  key: SQL;
  /** The type as which keys compare. */
  type: 'int4' | 'int8' | 'text' | 'numeric' | 'float8';
  descending: boolean;
  /** The order has an index of its own, which is walked as far as the page needs: nothing is cut. */
  isWalked: boolean;
};

function orderOf(sort: Sort, query: Query): Order {
  switch (sort) {
    case 'relevance':
    case 'rating':
      // Without ratings, their order is that of relevance.
      return { key: sql`0`, type: 'int4', descending: true, isWalked: false };
    case 'recent': {
      const micros = sql`(extract(epoch from ${listing.updated}) * 1000000)::int8`;
      return { key: micros, type: 'int8', descending: true, isWalked: true };
    }
    case 'name':
      return { key: sql`${listing.nameKey}`, type: 'text', descending: false, isWalked: true };
    case 'price':
      return { key: sql`${listing.priceAmount}`, type: 'numeric', descending: false, isWalked: false };
    case 'distance': {
      const near = nearOf(query) ?? { lat: 0, lon: 0 };
      return { key: distanceKm(near), type: 'float8', descending: false, isWalked: false };
    }
  }
}

function direction({ descending }: Order, key: SQL): SQL {
  return descending ? sql`${key} desc` : sql`${key} asc`;
}

function afterKey({ key, type, descending }: Order, after: SearchKey | null, id: unknown): SQL | undefined {
  if (!after) return undefined;
  const value = sql`${after.key}::${sql.raw(type)}`;
  return sql`(${key} ${sql.raw(descending ? '<' : '>')} ${value} or (${key} = ${value} and ${id} > ${after.id}))`;
}

/** The shares of the score, each in whole units. */
function sharesOf(words: SQL | null) {
  const rest = 1 - weights.text;
  // Without words their share goes to what remains.
  const scaled = (weight: number) => Math.round((words ? weight : weight / rest) * scoreUnit);
  const positions = sql.raw(`'{${wordWeights.join(',')}}'`);
  const text = words ? sql`ts_rank(${positions}, matched.document, ${words})` : sql`0`;
  const uptime = sql`coalesce((select uptime_7d from vitality where vitality.jid = matched.jid), 0.5)`;
  const fresh = sql`(${listingStatus.verified} >= now() - interval '24 hours')::int`;
  const share = (value: SQL, weight: number) =>
    sql<number>`(least(1, ${value}) * ${scaled(weight)}::int)::int`;
  return {
    text: share(text, weights.text).as('text'),
    quality: share(sql`matched.quality / 100.0`, weights.quality).as('quality'),
    // Nobody has been rated yet: unknown, which is not bad.
    rating: share(sql`0.5`, weights.rating).as('rating'),
    uptime: share(uptime, weights.uptime).as('uptime'),
    freshness: share(fresh, weights.freshness).as('freshness'),
  };
}
