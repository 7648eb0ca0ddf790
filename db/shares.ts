/** What the score of a search is made of: one share for each thing that speaks for a listing. */

import { type SQL, sql } from 'drizzle-orm';
import { scoreUnit, shareWeights, type Why, wordWeights } from '../market/ranking.ts';
import { type ScoredKind, shareOfUnknown } from '../market/reputation/scored.ts';
import type { Conditions } from './conditions.ts';
import { listing } from './schema.ts';

/** The first of an agent, and of an owner, has all of it; the more of theirs stand before a listing, the less. */
export function varietyOf(conditions: Conditions, sum: SQL): SQL {
  const place = (of: string) => sql`row_number() over (partition by ${sql.raw(of)} order by ${sum} desc, id)`;
  const most = Math.round(mostOf(conditions).variety * scoreUnit);
  return sql`(${most} * (0.2 / ${place('jid')} + 0.8 * greatest(0, 1 - 0.35 * ln(${place('site')}))))::int`;
}

function ratingShare(kind: ScoredKind, subject: SQL): SQL {
  return sql`(select share from reputation where kind = ${sql.raw(`'${kind}'`)} and subject = ${subject})`;
}

function mostOf({ words, own }: Conditions): Why {
  return shareWeights({ words: words > 0, inputs: own.length > 0 });
}

/** The shares of the score, each in whole units, but for the one that the others decide. */
export function sharesOf(conditions: Conditions): { [share in Exclude<keyof Why, 'variety'>]: SQL } {
  const most = mostOf(conditions);
  const { own } = conditions;
  const share = (name: keyof Why, value: SQL) =>
    most[name] === 0
      ? sql`0`
      : sql`(least(1, coalesce(${value}, 0)) * ${Math.round(most[name] * scoreUnit)}::int)::int`;
  const positions = sql.raw(`'{${wordWeights.join(',')}}'`);
  // By Postgres's measure a word once in the name is worth 6 / pi^2, divided by the ways in which it may be written.
  const wordRank = sql`least(1, ts_rank(${positions}, ${listing.document}, word) * (numnode(word) + 1) / 2)`;
  const textRank = sql`(select sum(${wordRank} * idf) / sum(idf)
    from unnest((select ranks from asked), (select idfs from asked)) as ranked(word, idf))`;
  const owned = sql`(select avg((${listing.document} @@ name::tsquery)::int)
    from jsonb_array_elements_text(${JSON.stringify(own)}::jsonb) as asked_for(name))`;
  return {
    text: share('text', textRank),
    words: share('words', sql`complete::int`),
    inputs: share('inputs', owned),
    quality: share('quality', sql`greatest(0, quality - crowding) / 100.0`),
    // A listing that nobody has rated is as good as its provider: else a new name would be worth more than a bad one.
    rating: share(
      'rating',
      sql`coalesce(${ratingShare('listing', sql`listing.id`)}, ${ratingShare('provider', sql`listing.jid`)}, ${shareOfUnknown}::float8)`,
    ),
    uptime: share(
      'uptime',
      sql`coalesce((select uptime_7d from vitality where vitality.jid = listing.jid), 0.5)`,
    ),
    freshness: share(
      'freshness',
      sql`(select (verified >= now() - interval '24 hours')::int from listing_status as status where status.id = listing.id)`,
    ),
  };
}
