/** Searches: candidates by the index, cut at a named number, then ranked. */

import { eq, type SQL, sql } from 'drizzle-orm';
import type { ListingRecord } from '../market/listing.ts';
import type { Query } from '../market/query/ast.ts';
import type { Sort } from '../market/query/sort.ts';
import { scoreUnit, type Why, weights } from '../market/ranking.ts';
import { allOf, type Conditions, conditionsOf } from './conditions.ts';
import { type Database, rowsOf } from './database.ts';
import { listingColumns, recordOf } from './listings.ts';
import { afterKey, direction, type Order, orderOf, type SearchKey } from './orders.ts';
import { plannedOnce } from './prepared.ts';
import { agent, listing, listingStatus } from './schema.ts';
import { sharesOf, varietyOf } from './shares.ts';
import { bestBy, tierWalk } from './tiers.ts';

export const searchLimits = {
  /** A query's candidates are cut at this number, the best standing first, before they are ranked. */
  candidatesMax: 600,
  /** Besides, those that have the words in their names. */
  namedMax: 300,
  /** Where fewer listings have all the words, those that have some follow; and so many of these are ranked. */
  completeMin: 10,
  partialMax: 300,
  /** Of these, first those that lack one word only, and those that have the rarest. */
  almostMax: 150,
  rarestMax: 150,
  /** By rating, besides, the best rated of those that match, among so many that are rated best of all. */
  ratedMax: 300,
  ratedPassedMax: 5_000,
  /** Listings that one page by name or by date passes at most; what is found until then is the page. */
  passedMax: 20_000,
} as const;

export type SearchHit = {
  record: ListingRecord;
  score: number;
  why: Why;
  key: string;
  /** It has all the words of the query. */
  isComplete: boolean;
};

const shareColumns = Object.keys(weights)
  .map((share) => `'${share}', page.${share}_share`)
  .join(', ');

export type SearchRequest = {
  query: Query;
  sort: Sort;
  after: SearchKey | null;
  limit: number;
};

export type SearchRows = {
  hits: SearchHit[];
  /** More match than were ranked. */
  isCut: boolean;
  /** Where the page ended short of its limit although there may be more. */
  passed: SearchKey | null;
};

/** The first `limit` hits after `after`. */
export async function searchListings(db: Database, request: SearchRequest): Promise<SearchRows> {
  const { query, sort } = request;
  const conditions = conditionsOf(query);
  const order = orderOf(sort, query);
  const { index } = order;
  if (index && (await isCut(db, order, conditions)))
    return walkIndex(db, request, { ...order, index }, conditions);
  return {
    ...(await rank(db, request, order, conditions, candidatesOf(conditions, order))),
    passed: null,
  };
}

async function isCut(db: Database, order: Order, conditions: Conditions): Promise<boolean> {
  const [row] = rowsOf<{ isCut: boolean }>(
    await db.execute(
      sql`${conditions.measures ? sql`` : plannedOnce}
        with recursive ${candidatesOf(conditions, order)} select is_cut as "isCut" from cut`,
    ),
  );
  return row?.isCut ?? false;
}

/** @param candidates common table expressions, of which `candidate` holds places in the table */
async function rank(
  db: Database,
  { after, limit }: SearchRequest,
  order: Order,
  conditions: Conditions,
  candidates: SQL,
): Promise<Omit<SearchRows, 'passed'>> {
  const shares = sharesOf(conditions);
  const names = Object.keys(shares) as (keyof typeof shares)[];
  const sum = sql.raw(names.map((name) => `${name}_share`).join(' + '));
  const page = sql`(${conditions.measures ? sql`` : plannedOnce}
    with recursive ${candidates}, ranked as materialized (
      select listing.id, listing.jid, listing.site, complete, ${order.key} as own_key,
        (select is_cut from cut) as is_cut,
        ${sql.join(
          names.map((name) => sql`${shares[name]} as ${sql.raw(`${name}_share`)}`),
          sql`, `,
        )}
      from candidate join listing on listing.ctid = candidate.place
    ), varied as (
      select *, ${varietyOf(conditions, sum)} as variety_share from ranked
    ), scored as (
      select *, ${order.isScore ? sql`${sum} + variety_share + complete::int * ${scoreUnit}::int` : sql`own_key`} as key
      from varied
    )
    select * from scored where ${afterKey(order, sql`key`, after)}
    order by key ${direction(order)}, id limit ${limit}
  ) as page`;
  const rows = await db
    .select({
      ...listingColumns,
      id: listing.id,
      key: sql<string>`page.key::text`,
      isComplete: sql<boolean>`page.complete`,
      isCut: sql<boolean>`page.is_cut`,
      why: sql<Why>`json_build_object(${sql.raw(shareColumns)})`,
    })
    .from(page)
    .innerJoin(listing, sql`${listing.id} = page.id`)
    .innerJoin(listingStatus, eq(listingStatus.id, listing.id))
    .innerJoin(agent, eq(agent.jid, listing.jid))
    .orderBy(sql`page.key ${direction(order)}`, listing.id);
  return {
    hits: rows.map(({ id: _, key, isComplete, isCut: __, why, ...row }) => ({
      record: recordOf(row),
      score: Object.values(why).reduce((sum, share) => sum + share, 0),
      why,
      key,
      isComplete,
    })),
    isCut: rows[0]?.isCut ?? false,
  };
}

/**
 * Goes along the order's own index from the cursor on and keeps what the query matches: nothing is cut, and a page may
 * end short.
 */
async function walkIndex(
  db: Database,
  request: SearchRequest,
  order: Order & { index: NonNullable<Order['index']> },
  conditions: Conditions,
): Promise<SearchRows> {
  const { column, from } = order.index;
  const { passedMax } = searchLimits;
  const along = (what: SQL) => sql`select ${what} from ${listing}
    where ${request.after ? from(request.after.key) : sql`true`} and ${afterKey(order, order.key, request.after)}
    order by ${column} ${direction(order)}, ${listing.id}`;
  const passed = along(sql`listing.ctid as place, ${allOf(conditions) ?? sql`true`} as meets`);
  const walked = sql`${conditions.asked}, candidate as (
    select place, true as complete from (${passed} limit ${passedMax}) as passed where meets limit ${request.limit}), cut as (select false as is_cut)`;
  const page = await rank(db, request, order, conditions, walked);
  if (page.hits.length === request.limit) return { ...page, passed: null };
  const [last] = rowsOf<SearchKey>(
    await db.execute(sql`${along(sql`id, ${order.key}::text as key`)} offset ${passedMax - 1} limit 1`),
  );
  return { ...page, passed: last ?? null };
}

/**
 * The common table expressions up to `candidate`, which holds the places in the table of what is worth ranking, and `cut`,
 * which says whether there is more.
 */
function candidatesOf(conditions: Conditions, order: Order): SQL {
  const { words, measures } = conditions;
  const { candidatesMax, namedMax, completeMin, partialMax, almostMax, rarestMax } = searchLimits;
  const all = allOf(conditions);
  // The cheapest, and the nearest, are not cut off for being described badly.
  const first = order.isCutByKey ? sql`${order.key} ${direction(order)}` : sql`${listing.standing} desc`;
  const rated = order.isByRating ? bestRated(all ?? sql`true`) : null;
  const orRated = rated ? sql`union select place, true from rated` : sql``;
  if (!conditions.isDocument || !all) {
    return sql`${rated ? sql`${conditions.asked}, ${rated}, ` : sql``}best as (
      select listing.ctid as place, true as complete from ${listing} where ${measures ?? sql`true`}
      order by ${first}, ${listing.id} limit ${candidatesMax}
    ), candidate as (select place, complete from best ${orRated}),
    cut as (select count(*) >= ${candidatesMax} as is_cut from best)`;
  }
  const take = measures ? bestBy(first) : tierWalk;
  const sizeOf = (walk: string) => sql.raw(`(select coalesce(sum(cardinality(places)), 0) from ${walk})`);
  const matched = sql`${conditions.asked}, ${rated ? sql`${rated}, ` : sql``}${take('matched', candidatesMax, all)}`;
  if (words === 0) {
    return sql`${matched}, candidate as (select unnest(places) as place, true as complete from matched ${orRated}),
      cut as (select ${sizeOf('matched')} >= ${candidatesMax} as is_cut)`;
  }
  // Who is called by the words asked for is looked at in any case, however well others are described.
  const isNamed = sql`${listing.heading} @@ (select words from asked) and ${conditions.beyondName ?? sql`true`}`;
  const isFew = sql`${order.isScore && words > 1} and ${sizeOf('matched')} < ${completeMin}`;
  const some = allOf(conditions, 'partial') ?? sql`true`;
  const withSome = (column: string) =>
    sql`${listing.document} @@ (select ${sql.raw(column)} from asked) and ${some}`;
  return sql`${matched}, ${take('named', namedMax, isNamed)},
    ${take('almost', almostMax, withSome('almost'), sql`${isFew} and (select almost is not null from asked)`)},
    ${take('rarest', rarestMax, withSome('rarest'), isFew)}, ${take('loose', partialMax, some, isFew)},
    candidate as (
      select place, bool_or(complete) as complete from (
        select unnest(places) as place, true as complete from named
        union all select unnest(places), true from matched
        ${rated ? sql`union all select place, true from rated` : sql``}
        union all select unnest(places), false from almost
        union all select unnest(places), false from rarest
        union all select unnest(places), false from loose) as found
      group by place
    ), cut as (
      select ${sizeOf('matched')} >= ${candidatesMax} or ${sizeOf('loose')} >= ${partialMax} as is_cut)`;
}

/** The common table expression `rated`: places of the best rated that meet the conditions. */
function bestRated(conditions: SQL): SQL {
  const { ratedMax, ratedPassedMax } = searchLimits;
  return sql`rated as (
    select listing.ctid as place
    from (
      select subject, low as lowest from reputation where kind = 'listing' and low is not null
      order by low desc nulls last, subject limit ${ratedPassedMax}
    ) as best join ${listing} on listing.id = best.subject
    where ${conditions}
    order by best.lowest desc, listing.id limit ${ratedMax})`;
}
