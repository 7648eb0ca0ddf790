/**
 * Tiers by standing, each three times as large as all before it: what a query matches is taken tier by tier until there is enough,
 * so that a word on a million listings costs what a page of results needs.
 */

import { type SQL, sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';
import { listing } from './schema.ts';

export const tierLimits = {
  /** Listings of the first tier. */
  firstSize: 2_000,
  /** The tier that holds the rest: the others hold eight million. */
  last: 7,
  /** The share by which the index may grow or shrink before listings change their tiers. */
  drift: 0.1,
  /** Listings that one statement moves at most. */
  batchMax: 10_000,
} as const;

/**
 * Puts every listing into the tier that its standing has now, where there are many more or fewer of them than when that
 * was done last; returns how many were moved. One that a writer holds is left where it is: tiers only order what a
 * query finds.
 */
export async function arrangeTiers(db: Database): Promise<number> {
  const { firstSize, last, drift } = tierLimits;
  const [size] = rowsOf<{ total: number; arranged: number }>(
    await db.execute(
      sql`select (select count(*)::int from listing) as total, total as arranged from tier_cut`,
    ),
  );
  if (!size || Math.abs(size.total - size.arranged) <= size.arranged * drift) return 0;
  await db.execute(sql`
    update tier_cut set cuts = array(
      select cut from generate_series(0, ${last}::int - 1) as place, lateral (
        select standing as cut from listing order by standing desc, id
        offset ${firstSize}::int * (1 << 2 * place) - 1 limit 1) as there
      order by place)`);
  const moved = await moveListings(db);
  // Last of all: what fails on the way is taken up by the next run.
  await db.execute(sql`update tier_cut set total = ${size.total}`);
  return moved;
}

/** In one walk along all standings, so many at a time. */
async function moveListings(db: Database): Promise<number> {
  let moved = 0;
  for (let below: number | null = 2 ** 31 - 1; below !== null; ) {
    const [step]: { moved: number; next: number | null }[] = rowsOf(
      await db.execute(sql`
        with next as (
          select standing from listing where standing < ${below} order by standing desc
          offset ${tierLimits.batchMax} limit 1
        ), misplaced as (
          select id from listing
          where standing < ${below} and standing >= coalesce((select standing from next), ${-(2 ** 31)})
            and tier <> listing_tier(standing)
          for update skip locked
        ), moved as (
          update listing set tier = listing_tier(standing) from misplaced where listing.id = misplaced.id returning 1
        )
        select (select count(*)::int from moved) as moved, (select standing from next) as next`),
    );
    moved += step?.moved ?? 0;
    below = step?.next ?? null;
  }
  return moved;
}

/** Written so that the planner sorts the few that match, and does not walk along all standings to find them. */
const bestFirst = sql`(${listing.standing} + 0) desc, ${listing.id}`;

/**
 * A recursive common table expression of that name, whose rows hold `places`: where in the table the listings lie that
 * meet the conditions, the best tiers first, at most `max`. A place is good within the statement.
 * @param isWanted where this does not hold, there are none
 */
export function tierWalk(name: string, max: number, conditions: SQL, isWanted = sql`true`): SQL {
  const walk = sql.identifier(name);
  return sql`${walk}(tier, taken, places) as (
    select -1, 0, '{}'::tid[] where ${isWanted}
    union all
    select before.tier + 1, before.taken + cardinality(before.places), array(
      select listing.ctid from ${listing}
      where ${listing.tier} = (before.tier + 1)::smallint and ${conditions}
      order by ${bestFirst} limit ${max}::int - before.taken - cardinality(before.places))
    from ${walk} as before
    where before.tier < ${tierLimits.last}::int and before.taken + cardinality(before.places) < ${max}::int)`;
}

/** The same by an order of the caller's, at once, where it is for the planner to choose the way there. */
export function bestBy(order: SQL): typeof tierWalk {
  return (name, max, conditions, isWanted = sql`true`) => sql`${sql.identifier(name)}(places) as (
    select array(
      select listing.ctid from ${listing} where ${conditions} order by ${order}, ${listing.id} limit ${max})
    where ${isWanted})`;
}
