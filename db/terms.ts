/** Words that listings have: for completing what is typed, and for mending it. */

import { sql } from 'drizzle-orm';
import type { Query } from '../market/query/ast.ts';
import { nearest, slipsOf } from '../market/query/nearest.ts';
import { segment } from '../market/query/segment.ts';
import { writingsOf } from '../market/query/writings.ts';
import type { TermKind } from '../market/search-document.ts';
import { type Database, rowsOf } from './database.ts';
import { plannedOnce } from './prepared.ts';
import { listing } from './schema.ts';
import { tierWalk } from './tiers.ts';

const wordsMendedMax = 8;
/** Longer words are not mistyped by one letter alone, nor are they many. */
const wordCharsMax = 30;
/** Shorter ones are a slip away from too many. */
const wordCharsMin = 4;
/** How alike a word of two slips must be: the share of their trigrams, 0 to 1. */
const likenessMin = 0.35;
const likestMax = 10;

/**
 * The query with words that occur nowhere replaced by those that were probably meant: one slip away, the most frequent
 * first; else two slips away and the likest by trigrams. Null where nothing is to mend.
 */
export async function mendWords(db: Database, query: Query): Promise<Query | null> {
  const words = query.terms
    .filter(({ text, excluded, phrase }) => !excluded && !phrase && isMendable(text))
    .slice(0, wordsMendedMax)
    .map(({ text }) => text.toLowerCase());
  if (words.length === 0) return null;
  const unknown = await unknownWords(db, words);
  if (unknown.length === 0) return null;
  const asked = unknown.map((word) => ({ word, slips: slipsOf(word) }));
  const rows = rowsOf<{ word: string; near: string | null; alike: string[] | null }>(
    await db.execute(sql`
      select word, near, case when near is null then array(
        select text from term
        where kind = 'word' and text % word and similarity(text, word) >= ${likenessMin}
        order by similarity(text, word) desc, n desc, text limit ${likestMax}) end as alike
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked(word text, slips jsonb), lateral (
        select (
          select text from term where kind = 'word' and text in (select jsonb_array_elements_text(slips))
          order by n desc, text limit 1) as near offset 0) as slip`),
  );
  const mended = new Map(
    rows.map(({ word, near, alike }) => [
      word,
      near ?? alike?.find((text) => nearest(word, [text]) !== null),
    ]),
  );
  const terms = query.terms.map((term) => {
    const better = term.excluded || term.phrase ? null : mended.get(term.text.toLowerCase());
    return better ? { ...term, text: better } : term;
  });
  return terms.some((term, at) => term !== query.terms[at]) ? { ...query, terms } : null;
}

/** Those that no listing has. */
async function unknownWords(db: Database, words: string[]): Promise<string[]> {
  const terms = words.map(
    (word, at) =>
      sql`listing_term(${JSON.stringify(writingsOf(segment(word)))}::jsonb, false) as ${sql.raw(`term_${at}`)}`,
  );
  const walks = words.map((_, at) =>
    tierWalk(`found_${at}`, 1, sql`${listing.document} @@ (select ${sql.raw(`term_${at}`)} from asked)`),
  );
  const unknown = words.map((_, at) =>
    sql.raw(`select ${at} as at where not exists (select from found_${at} where cardinality(places) > 0)`),
  );
  const rows = rowsOf<{ at: number }>(
    await db.execute(sql`${plannedOnce}
      with recursive asked as materialized (select ${sql.join(terms, sql`, `)}), ${sql.join(walks, sql`, `)}
      ${sql.join(unknown, sql` union all `)}`),
  );
  return rows.map(({ at }) => words[at] ?? '');
}

function isMendable({ length }: string): boolean {
  return length >= wordCharsMin && length <= wordCharsMax;
}

export type Suggestion = { kind: Exclude<TermKind, 'word'>; text: string; count: number };

/** Names, tags and inputs that begin with the text, the most frequent first. */
export async function suggestTerms(db: Database, prefix: string, limit: number): Promise<Suggestion[]> {
  const pattern = `${prefix.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const result = await db.execute(sql`
    select kind, text, n::int as count from term
    where kind <> 'word' and text like ${pattern}
    order by n desc, text limit ${limit}`);
  return rowsOf<Suggestion>(result);
}
