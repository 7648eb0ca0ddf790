/** From a query's syntax tree to the conditions of SQL. */

import { type SQL, sql } from 'drizzle-orm';
import type { Comparison, Operator, Qualifier, Query, Term } from '../market/query/ast.ts';
import { folded } from '../market/query/fold.ts';
import { canonicalName } from '../market/query/names.ts';
import { segment } from '../market/query/segment.ts';
import { spanOf } from '../market/query/times.ts';
import { writingsOf } from '../market/query/writings.ts';
import { type LexemeKind, lexeme, optionValue } from '../market/search-document.ts';
import { onlineAt } from './listings.ts';
import { listing } from './schema.ts';

/** What a query asks, by what answers it; null where it asks nothing of the kind. */
export type Conditions = {
  /**
   * The common table expression `asked`: one row of tsqueries, made once for the statement. `words` are those of the
   * query, `document` the words and what else the index's lexemes say, `partial` the same with any of the words in place of
   * all, `almost` all words but one, of three to six, `rarest` the word that tells most; `ranks` are the words to be found one
   * by one, and `idfs` how much each tells listings apart.
   */
  asked: SQL;
  /** The own names of inputs that are asked for, each as a tsquery: who has one by that name comes first. */
  own: string[];
  /** How many words are to be found. */
  words: number;
  /** There is something that the index's document answers. */
  isDocument: boolean;
  /**
   * The document that is asked for and its partial form, where there is any: of `asked`, so that the statement can be
   * planned once; or, where columns say something too, as constants, so that the planner weighs them against each other.
   */
  document: SQL | null;
  partial: SQL | null;
  /** What columns say; all must hold. */
  measures: SQL | null;
  /** The document says only what must not be there. */
  isOnlyExcluding: boolean;
  /** What must hold of a listing whose name has the words. */
  beyondName: SQL | null;
};

export function conditionsOf({ terms: said, qualifiers }: Query): Conditions {
  // What has neither letters nor digits asks for nothing; where nothing else is asked, it finds nothing.
  const telling = said.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const isAll = telling.length === 0 && qualifiers.length === 0 && said.some(({ excluded }) => !excluded);
  const terms = isAll ? said : telling;
  const sets = qualifiers.filter((qualifier) => lexemeQuery(qualifier) !== null);
  const lexemes = qualifiers.flatMap((qualifier) => lexemeQuery(qualifier) ?? []);
  const measures = qualifiers.flatMap((qualifier) => measure(qualifier) ?? []);
  const named = lexemes.length > 0 ? [sql`${lexemes.join(' & ')}::tsquery`] : [];
  const rows = rowsOfTerms(terms);
  const allAsked = (words: SQL) => {
    const parts = [...(terms.length > 0 ? [words] : []), ...named];
    return parts.length > 0 ? sql`(${sql.join(parts, sql` && `)})` : null;
  };
  const documentOf = (column: 'document' | 'partial') => {
    const asked = allAsked(listingQuery(rows, column === 'partial'));
    return asked && (measures.length > 0 ? asked : sql.raw(`(select ${column} from asked)`));
  };
  const conditions = {
    asked: sql`asked as materialized (
      select words, ranks, idfs, almost, rarest, ${allAsked(sql`words`) ?? sql`null`} as document, ${allAsked(sql`any_words`) ?? sql`null`} as partial
      from ${termsOf(rows)} as term)`,
    own: qualifiers.flatMap(ownNames),
    isDocument: terms.length > 0 || lexemes.length > 0,
    words: terms.filter(({ excluded }) => !excluded).length,
    document: documentOf('document'),
    partial: documentOf('partial'),
    measures: measures.length > 0 ? sql`(${sql.join(measures, sql` and `)})` : null,
    isOnlyExcluding: terms.every(({ excluded }) => excluded) && sets.every(({ excluded }) => excluded),
  };
  const isMore = lexemes.length > 0 || terms.some(({ excluded }) => excluded);
  return { ...conditions, beyondName: isMore ? allOf(conditions) : conditions.measures };
}

/** The terms as the database's functions take them; null for none. */
function rowsOfTerms(terms: Term[]): SQL | null {
  if (terms.length === 0) return null;
  const rows = terms.map(({ text, phrase, excluded }) => {
    const words = phrase ? [segment(text), folded(segment(text))] : writingsOf(segment(text));
    return { words, phrase, excluded };
  });
  return sql`${JSON.stringify(rows)}::jsonb`;
}

function listingQuery(rows: SQL | null, isAny: boolean): SQL {
  return sql`coalesce(listing_query(${rows}, ${isAny}), '')`;
}

/** More words than these do not rank. */
const ranksMax = 12;

function termsOf(rows: SQL | null): SQL {
  if (!rows)
    return sql`(select null::tsquery as words, null::tsquery as any_words, null::tsquery as almost, null::tsquery as rarest,
    null as ranks, null as idfs)`;
  const together = (isAny: boolean) =>
    sql`coalesce(listing_together(queries, are_excluded, join_others, ${isAny}), '')`;
  return sql`(
    select ${together(false)} as words, ${together(true)} as any_words, ranks, idfs, rarest, case
        when cardinality(ranks) between 3 and 6 then (
          select string_agg('(' || (
            select string_agg('(' || other::text || ')', '&') from unnest(ranks) with ordinality as others(other, at)
            where at <> left_out) || ')', '|')::tsquery
          from generate_subscripts(ranks, 1) as left_out)
      end as almost
    from (
      select array_agg(query) as queries, array_agg(is_excluded) as are_excluded, array_agg(joins) as join_others,
        (array_agg(query order by may_join) filter (where not is_excluded))[:${ranksMax}] as ranks,
        (array_agg(idf order by may_join) filter (where not is_excluded))[:${ranksMax}] as idfs,
        (array_agg(query order by idf desc) filter (where not is_excluded))[1] as rarest
      from (
        select *, case when may_join then 0.1 else 1 end::float4 * ln(1 + greatest(100, (select total from tier_cut)) /
          (1.0 + coalesce((select n from term where kind = 'word' and text = word), 0)))::float4 as idf
        from listing_terms(${rows})) as term) as terms)`;
}

type Asked = Pick<Conditions, 'document' | 'partial' | 'measures' | 'isOnlyExcluding'>;

/** Everything of the conditions that must hold, beside `asked`; null where nothing is asked. `partial`: any of the words. */
export function allOf(asked: Asked, how: 'document' | 'partial' = 'document'): SQL | null {
  const { measures, isOnlyExcluding, [how]: query } = asked;
  const matches = sql`${listing.document} @@ ${query}`;
  // Of what is not there the index knows only by reading all of it: rows that come in another way are looked at instead.
  const said = query && (isOnlyExcluding ? sql`(${matches}) is true` : matches);
  const parts = [said, measures].filter((part) => part !== null);
  return parts.length > 0 ? sql`(${sql.join(parts, sql` and `)})` : null;
}

/** A qualifier that the index's lexemes answer, in the syntax of a tsquery; null for the others. */
function lexemeQuery(qualifier: Qualifier): string | null {
  switch (qualifier.name) {
    case 'input':
      return alternatives(
        qualifier,
        qualifier.values.map(({ name, option }): [LexemeKind, string] =>
          option === null
            ? ['input', canonicalName(name)]
            : ['option', optionValue(canonicalName(name), option)],
        ),
      );
    case 'returns':
      return alternatives(
        qualifier,
        qualifier.values.map((name): [LexemeKind, string] => ['returns', canonicalName(name)]),
      );
    case 'accepts':
    case 'tag':
    case 'category':
    case 'lang':
    case 'kind':
    case 'domain':
    case 'agent':
    case 'feature': {
      const { name, values } = qualifier;
      return alternatives(
        qualifier,
        values.map((value): [LexemeKind, string] => [name, value]),
      );
    }
    case 'online':
    case 'rating':
    case 'price':
    case 'currency':
    case 'uptime':
    case 'near':
    case 'updated':
      return null;
  }
}

function ownNames({ name, excluded, values }: Qualifier): string[] {
  if (name !== 'input' || excluded) return [];
  return [
    alternatives(
      { excluded },
      values.map(({ name }) => ['own', canonicalName(name)]),
    ),
  ];
}

/** One of the lexemes; null for none. */
export function tsqueryOfAny(lexemes: string[]): SQL | null {
  return lexemes.length > 0 ? sql`${lexemes.map(quoted).join(' | ')}::tsquery` : null;
}

function alternatives({ excluded }: Pick<Qualifier, 'excluded'>, values: [LexemeKind, string][]): string {
  const lexemes = values.map(([kind, value]) => lexeme(kind, value));
  return `${excluded ? '!' : ''}(${lexemes.map(quoted).join(' | ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** The agent's presence may be shown. */
const shown = sql`(exists (select from consent where consent.jid = ${listing.jid})
  and not exists (select from agent where agent.jid = ${listing.jid} and presence_denied))`;

/** A qualifier that columns answer; null for those that the lexemes do. What is not known does not hold. */
function measure(qualifier: Qualifier): SQL | null {
  switch (qualifier.name) {
    case 'online': {
      const online = sql`exists (
        select from listing_status as offered
        where offered.id = ${listing.id} and ${onlineAt(sql`${listing.jid}`, sql`offered.call_jid`)})`;
      return any(qualifier.values.map((value) => sql`(${shown} and ${online} = ${value})`));
    }
    case 'rating': {
      // Asked for all at once, so that few that are rated are not looked for among many that are not.
      const lows = qualifier.values.map(({ operator, value }) =>
        compare(sql`low`, operator, sql`${value}::float8`),
      );
      return sql`${listing.id} in (select subject from reputation where kind = 'listing' and low is not null and ${any(lows)})`;
    }
    case 'price':
      return any(
        qualifier.values.map(({ operator, value }) =>
          compare(listing.priceAmount, operator, sql`${value}::numeric`),
        ),
      );
    case 'currency':
      return any(
        qualifier.values.map(
          (currency) => sql`(${listing.priceCurrency} = ${currency} and ${listing.priceAmount} is not null)`,
        ),
      );
    case 'uptime': {
      const uptime = sql`(select uptime_7d from vitality where vitality.jid = ${listing.jid})`;
      return any(
        qualifier.values.map(
          ({ operator, value }) => sql`(${shown} and ${compare(uptime, operator, sql`${value}::real`)})`,
        ),
      );
    }
    case 'near':
      return any(
        qualifier.values.map(
          (near) => sql`(${latitudeBand(near)} and ${distanceKm(near)} <= ${near.km}::float8)`,
        ),
      );
    case 'updated':
      return any(qualifier.values.map(within));
    case 'input':
    case 'accepts':
    case 'returns':
    case 'tag':
    case 'category':
    case 'lang':
    case 'kind':
    case 'domain':
    case 'agent':
    case 'feature':
      return null;
  }
}

function any(alternatives: SQL[]): SQL {
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

function compare(of: unknown, operator: Operator, value: SQL): SQL {
  return sql`${of} ${sql.raw(operator)} ${value}`;
}

function within(comparison: Comparison<string>): SQL {
  const { from, before } = spanOf(comparison);
  const bounds = [
    ...(from ? [sql`${listing.updated} >= ${from.toISOString()}::timestamptz`] : []),
    ...(before ? [sql`${listing.updated} < ${before.toISOString()}::timestamptz`] : []),
  ];
  return bounds.length > 0 ? sql`(${sql.join(bounds, sql` and `)})` : sql`true`;
}

const kmPerDegree = 111.195;

/** A degree of latitude is as long everywhere, so that this holds at the poles and at the date line. */
function latitudeBand({ lat, km }: { lat: number; km: number }): SQL {
  const degrees = km / kmPerDegree + 0.001;
  return sql`${listing.lat} between ${lat - degrees}::float8 and ${lat + degrees}::float8`;
}

/** The great-circle distance in kilometres, on a sphere of 6,371 km. */
export function distanceKm({ lat, lon }: { lat: number; lon: number }): SQL {
  return sql`(2 * 6371 * asin(least(1, sqrt(
    power(sin(radians(${listing.lat} - ${lat}::float8) / 2), 2) +
    cos(radians(${lat}::float8)) * cos(radians(${listing.lat})) *
    power(sin(radians(${listing.lon} - ${lon}::float8) / 2), 2)))))`;
}
