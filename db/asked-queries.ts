/** Queries that somebody subscribes to: kept once each, as what the search itself would ask of a listing's document. */

import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Query } from '../market/query/ast.ts';
import { formatQuery } from '../market/query/format.ts';
import { rarestAnchor } from './anchors.ts';
import { conditionsOf } from './conditions.ts';
import { type Database, rowsOf, textArray } from './database.ts';

/** A query made ready to be held against changes. */
export type MadeQuery = {
  hash: string;
  text: string;
  /** A tsquery; null where nothing is asked of the document. */
  document: string | null;
  isMeasured: boolean;
  anchors: string[] | null;
};

/** Null where the query can match nothing, or asks nothing at all. */
export async function makeQuery(db: Database, query: Query): Promise<MadeQuery | null> {
  const conditions = conditionsOf(query);
  const text = formatQuery(query);
  const hash = createHash('sha256').update(text).digest('base64url');
  const isMeasured = conditions.measures !== null;
  if (!conditions.isDocument)
    return isMeasured ? { hash, text, document: null, isMeasured, anchors: null } : null;
  const [row] = rowsOf<{ document: string }>(
    await db.execute(sql`with ${conditions.asked} select document::text from asked`),
  );
  if (!row?.document) return null;
  return { hash, text, document: row.document, isMeasured, anchors: await rarestAnchor(db, row.document) };
}

/** Keeps the query as it was made now, with its anchors of now; its row is held until the transaction ends. */
export async function keepQuery(
  tx: Database,
  { hash, text, document, isMeasured, anchors }: MadeQuery,
): Promise<void> {
  await tx.execute(sql`
    insert into asked_query (hash, text, document, is_measured, is_anchored)
    values (${hash}, ${text}, ${document}::tsquery, ${isMeasured}, ${anchors !== null})
    on conflict (hash) do update set
      document = excluded.document, is_measured = excluded.is_measured, is_anchored = excluded.is_anchored, is_made = true`);
  await tx.execute(sql`delete from query_anchor where query = ${hash}`);
  if (anchors) {
    await tx.execute(sql`
      insert into query_anchor (lexeme, query) select unnest(${textArray(anchors)}), ${hash} on conflict do nothing`);
  }
}

/** Texts of queries that are to be made anew, at most so many. */
export async function unmadeQueries(db: Database, limit: number): Promise<string[]> {
  const rows = rowsOf<{ text: string }>(
    await db.execute(sql`select text from asked_query where not is_made order by hash limit ${limit}`),
  );
  return rows.map(({ text }) => text);
}

/** Forgets queries that nobody subscribes to any more. Not while somebody is subscribing: see `holdSubscriptions`. */
export async function forgetQueries(tx: Database): Promise<number> {
  const rows = rowsOf(
    await tx.execute(sql`
      delete from asked_query
      where not exists (select from subscription where subscription.query = asked_query.hash) returning hash`),
  );
  return rows.length;
}
