/**
 * By what a stored query is found: lexemes of which every match has at least one. Of the ways to choose them the rarest is
 * taken, by what Postgres knows of the index from its last ANALYZE.
 */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf, textArray } from './database.ts';
import { anchorOf, lexemesIn, parseTsquery } from './tsquery.ts';

/** Kinds of lexemes that have few values, each of them common, whatever the statistics know yet: `k:`, `l:`, `a:`. */
const COMMON = /^[kla]:/;
const commonShare = 0.1;
/** More lexemes of one query are not looked up, and taken for common. */
const lexemesMax = 2_000;

/** @param document a tsquery as Postgres writes it @returns null where a match need not have any lexeme */
export async function rarestAnchor(db: Database, document: string): Promise<string[] | null> {
  const tree = parseTsquery(document);
  if (!tree) return null;
  const lexemes = [...new Set(lexemesIn(tree))].slice(0, lexemesMax);
  const known = await sharesOf(db, lexemes);
  const looked = new Set(lexemes);
  return anchorOf(tree, (lexeme) => {
    if (!looked.has(lexeme)) return 1;
    return Math.max(known.get(lexeme) ?? 0, COMMON.test(lexeme) ? commonShare : 0);
  });
}

/** The share of all listings that has each of them; those that few have are not known. */
async function sharesOf(db: Database, lexemes: string[]): Promise<Map<string, number>> {
  const rows = rowsOf<{ lexeme: string; share: number }>(
    await db.execute(sql`
      select lexeme, share::float8 from pg_stats,
        unnest(most_common_elems::text::text[], most_common_elem_freqs) as common(lexeme, share)
      where schemaname = current_schema() and tablename = 'listing' and attname = 'document'
        and lexeme = any(${textArray(lexemes)})`),
  );
  return new Map(rows.map(({ lexeme, share }) => [lexeme, share]));
}
