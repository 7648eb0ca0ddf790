/** How good the answers are: nDCG@10 over a judged set, and of Postgres's plain full text search over the same rows. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { search } from '../../operations/search.ts';
import { type JudgedQuery, judgedAgents, judgedListings, judgedQueries } from '../../test/relevance/set.ts';
import { ndcg } from './ndcg.ts';
import { atLeast, type Bench, type Ratios } from './ratio.ts';
import { withScratchDatabase } from './scratch-database.ts';

/** Answers beyond this place count for nothing. */
const depth = 10;
const worstShown = 15;

/** A query with the keys of what two searches answer, and how good each answer is. */
type Measured = JudgedQuery & { hasWords: boolean; found: string[]; ours: number; plain: number };

export const bench: Bench = ({ full, say }) =>
  withScratchDatabase(async ({ db }) => {
    const measured = await measureAll(db);
    report(measured, full ? measured.length : worstShown, say);
    return ratiosOf(measured);
  });

async function measureAll(db: Database): Promise<Measured[]> {
  const listings = judgedListings();
  await writeIndex(db, judgedAgents(listings.values()), 60_000);
  await db.execute(sql`vacuum analyze`);
  const keys = new Map([...listings].map(([key, { id }]) => [id, key]));
  const keysOf = (ids: string[]) => ids.map((id) => keys.get(id) ?? id);
  const measured: Measured[] = [];
  for (const judged of judgedQueries()) {
    const query = parsed(judged.query);
    const found = keysOf(await askOurs(db, query));
    const plain = keysOf(await askPlain(db, query));
    measured.push({
      ...judged,
      hasWords: query.terms.some(({ excluded }) => !excluded),
      found,
      ours: worth(judged, found),
      plain: worth(judged, plain),
    });
  }
  return measured;
}

async function askOurs(db: Database, query: Query): Promise<string[]> {
  const deps = { db, policy: parsePolicy('', 'bench.example') };
  const page = await search(deps, { query, sort: 'relevance', limit: depth, cursor: null });
  if (isProblem(page)) throw new Error(page.detail);
  return page.items.map(({ record }) => record.listing.id);
}

/** What Postgres does by itself, with the words alone: it knows no qualifiers. */
async function askPlain(db: Database, { terms }: Query): Promise<string[]> {
  const words = formatQuery({ terms, qualifiers: [] });
  const document = sql`to_tsvector('english', name || ' ' || coalesce(body->>'description', ''))`;
  const result = await db.execute(sql`
    select id from listing, websearch_to_tsquery('english', ${words}) as asked
    where ${document} @@ asked
    order by ts_rank(${document}, asked) desc, id limit ${depth}`);
  return rowsOf<{ id: string }>(result).map(({ id }) => id);
}

function worth({ judgements }: JudgedQuery, found: string[]): number {
  const grades = new Map(Object.entries(judgements));
  return ndcg(
    found.map((key) => grades.get(key) ?? 0),
    [...grades.values()],
    depth,
  );
}

function report(measured: Measured[], shown: number, say: (line: string) => void): void {
  for (const [kind, of] of Map.groupBy(measured, (one) => one.kind)) {
    const plain = `plain ${mean(of.map((one) => one.plain)).toFixed(3)}`;
    say(`${kind} (${of.length}): ${mean(of.map(({ ours }) => ours)).toFixed(3)}, ${plain}`);
  }
  for (const one of measured.toSorted((a, b) => a.ours - b.ours).slice(0, shown)) {
    const first = one.found.slice(0, 5).map((key) => `${key} ${one.judgements[key] ?? 0}`);
    const best = Object.entries(one.judgements).toSorted((a, b) => b[1] - a[1]);
    const wanted = best.slice(0, 4).map(([key, grade]) => `${key} ${grade}`);
    say(
      `${one.ours.toFixed(3)} ${one.query} [${one.kind}]: came ${first.join(', ') || 'nothing'}; wanted ${wanted.join(', ') || 'nothing'}`,
    );
  }
}

function ratiosOf(measured: Measured[]): Ratios {
  // Plain full text search has no answer to a query without words, so those are not held against it.
  const worded = measured.filter((one) => one.hasWords);
  const ours = mean(worded.map((one) => one.ours));
  return {
    [`nDCG@${depth}`]: atLeast(mean(measured.map((one) => one.ours)), 0.9),
    [`nDCG@${depth} against plain full text`]: atLeast(ours / mean(worded.map(({ plain }) => plain)), 1),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function parsed(text: string): Query {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
}
