/** From a query's syntax tree to the conditions of SQL. */

import { type SQL, sql } from 'drizzle-orm';
import type { Comparison, Operator, Qualifier, Query, Term } from '../market/query/ast.ts';
import { canonicalName } from '../market/query/names.ts';
import { segment } from '../market/query/segment.ts';
import { spanOf } from '../market/query/times.ts';
import { configOf, type LexemeKind, lexeme, optionValue } from '../market/search-document.ts';
import { agent, listing } from './schema.ts';

/** The words of the query as a tsquery; null where it has none that are looked for. */
export function wordsQuery(query: Query): SQL | null {
  const configs = ['simple', 'english', ...languagesOf(query).map(configOf)];
  const wanted = query.terms.map((term) => termQuery(term, [...new Set(configs)]));
  return wanted.length === 0 ? null : sql`(${sql.join(wanted, sql` && `)})`;
}

/** Everything that the query asks, but the order: all must hold. */
export function conditions(query: Query, words: SQL | null): SQL[] {
  const lexemes = query.qualifiers.flatMap((qualifier) => lexemeQuery(qualifier) ?? []);
  const parts = [words, lexemes.length > 0 ? sql`${lexemes.join(' & ')}::tsquery` : null].filter(
    (part) => part !== null,
  );
  return [
    ...(parts.length > 0 ? [sql`${listing.document} @@ (${sql.join(parts, sql` && `)})`] : []),
    ...query.qualifiers.flatMap((qualifier) => measure(qualifier) ?? []),
  ];
}

/** A word occurs by its stem, in any of the languages, or as it is written. */
function termQuery({ text, phrase, excluded }: Term, configs: string[]): SQL {
  const parse = sql.raw(phrase ? 'phraseto_tsquery' : 'plainto_tsquery');
  const words = segment(text);
  const any = configs.map((config) => sql`${parse}(${config}::regconfig, ${words})`);
  const either = sql`(${sql.join(any, sql` || `)})`;
  return excluded ? sql`!!${either}` : either;
}

function languagesOf(query: Query): string[] {
  return query.qualifiers.flatMap((qualifier) => (qualifier.name === 'lang' ? qualifier.values : []));
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

function alternatives({ excluded }: Pick<Qualifier, 'excluded'>, values: [LexemeKind, string][]): string {
  // A value too long to be indexed is nobody's.
  const lexemes = values.map(([kind, value]) => lexeme(kind, value) ?? 'k:');
  return `${excluded ? '!' : ''}(${lexemes.map(quoted).join(' | ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** The agent's presence may be shown. */
const shown = sql`(not ${agent.presenceDenied} and exists (select from consent where consent.jid = ${listing.jid}))`;

/** A qualifier that columns answer; null for those that the lexemes do. What is not known does not hold. */
function measure(qualifier: Qualifier): SQL | null {
  switch (qualifier.name) {
    case 'online': {
      const online = sql`exists (select from presence where presence.jid = ${listing.jid})`;
      return any(qualifier.values.map((value) => sql`(${shown} and ${online} = ${value})`));
    }
    case 'rating':
      // No listing has ratings yet.
      return sql`false`;
    case 'price':
      return any(
        qualifier.values.map(({ operator, value }) =>
          compare(listing.priceAmount, operator, sql`${value}::numeric`),
        ),
      );
    case 'currency':
      return any(qualifier.values.map((currency) => sql`${listing.priceCurrency} = ${currency}`));
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
