/** Words that listings have: for completing what is typed, and for mending it. */

import { sql } from 'drizzle-orm';
import type { Query } from '../market/query/ast.ts';
import type { TermKind } from '../market/search-document.ts';
import type { Database } from './database.ts';

/** How alike a word must be to stand in for another: the share of their trigrams, 0 to 1. */
const likenessMin = 0.35;
const wordsMendedMax = 8;

/** The query with words that no listing has replaced by the likest that some have; null where nothing is to mend. */
export async function mendWords(db: Database, query: Query): Promise<Query | null> {
  const words = query.terms.filter((term) => !term.excluded && !term.phrase).slice(0, wordsMendedMax);
  if (words.length === 0) return null;
  const result = await db.execute(sql`
    select asked.text, likest.text as mended
    from jsonb_array_elements_text(${JSON.stringify(words.map(({ text }) => text.toLowerCase()))}::jsonb) as asked(text)
    left join lateral (
      select term.text from term
      where term.kind = 'word' and term.text % asked.text and similarity(term.text, asked.text) >= ${likenessMin}
      order by (term.text = asked.text) desc, similarity(term.text, asked.text) desc, term.n desc, term.text
      limit 1
    ) as likest on true`);
  const rows = (result as unknown as { rows: { text: string; mended: string | null }[] }).rows;
  const mended = new Map(rows.map((row) => [row.text, row.mended]));
  const terms = query.terms.map((term) => {
    const better = term.excluded || term.phrase ? null : mended.get(term.text.toLowerCase());
    return better ? { ...term, text: better } : term;
  });
  const isSame = terms.every((term, at) => term.text.toLowerCase() === query.terms[at]?.text.toLowerCase());
  return isSame ? null : { ...query, terms };
}

export type Suggestion = { kind: Exclude<TermKind, 'word'>; text: string; count: number };

/** Names, tags and inputs that begin with the text, the most frequent first. */
export async function suggestTerms(db: Database, prefix: string, limit: number): Promise<Suggestion[]> {
  const pattern = `${prefix.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const result = await db.execute(sql`
    select kind, text, n::int as count from term
    where kind <> 'word' and text like ${pattern}
    order by n desc, text limit ${limit}`);
  return (result as unknown as { rows: Suggestion[] }).rows;
}
