/**
 * Search in reverse: what subscribed queries do the changes of the index match? A changed listing finds by its lexemes the
 * queries whose anchor is among them; these, and the few that have none, are held against it, each once however many subscribe to it.
 */

import { sql } from 'drizzle-orm';
import { isProblem } from '../market/problem.ts';
import { parseQuery } from '../market/query/parse.ts';
import { subscriptionLimits } from '../market/subscription.ts';
import { keepQuery, makeQuery, unmadeQueries } from './asked-queries.ts';
import { conditionsOf } from './conditions.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { headOf, holdCursor, moveCursor } from './follower.ts';

export const matchingLimits = {
  /** Changes that one transaction takes. */
  changesMax: 50,
  /** While more matches than these wait to be told, no further changes are taken. */
  waitingMax: 50_000,
  /** Queries that ask of columns, too, in one statement. */
  measuredPerStatement: 50,
  /** Queries that are made anew in one go. */
  remadeMax: 50,
} as const;

/** The name under which the cursor of matching is kept. */
export const matchingFollower = 'subscriptions';

/** `isMore`: there are changes yet to be taken. */
export type Matched = { changes: number; matches: number; isMore: boolean };

/**
 * Takes the next changes, and writes what they match to be told, with the cursor, in one transaction: whenever it is cut off,
 * no match is lost and none is written twice.
 */
export async function matchNextChanges(db: Database): Promise<Matched> {
  const none = { changes: 0, matches: 0, isMore: false };
  await remakeQueries(db);
  if (await isFull(db)) return none;
  return db.transaction(async (tx) => {
    const cursor = await holdCursor(tx, matchingFollower);
    const head = await headOf(tx);
    if (cursor >= head) return none;
    const [page] = rowsOf<{ upto: string | null; count: number }>(
      await tx.execute(sql`
        select max(seq) as upto, count(*)::int as count from (
          select seq from change where seq > ${cursor} and exists (select from subscription)
          order by seq limit ${matchingLimits.changesMax}) as page`),
    );
    if (!page || page.upto === null) {
      await moveCursor(tx, matchingFollower, head);
      return none;
    }
    const upto = Number(page.upto);
    const told = await matchDocuments(tx, cursor, upto);
    const matches = told.written + (await matchMeasures(tx, told.measured));
    await moveCursor(tx, matchingFollower, upto);
    return { changes: page.count, matches, isMore: upto < head };
  });
}

/** Has what migrations marked made anew, by the code that runs now. */
async function remakeQueries(db: Database): Promise<void> {
  for (;;) {
    const texts = await unmadeQueries(db, matchingLimits.remadeMax);
    for (const text of texts) {
      const query = parseQuery(text);
      const made = isProblem(query) ? null : await makeQuery(db, query);
      await db.transaction(async (tx) => {
        if (made?.text === text) await keepQuery(tx, made);
        // What is no query any more matches nothing, and ends with its subscriptions.
        else await tx.execute(sql`update asked_query set is_made = true, document = '' where text = ${text}`);
      });
    }
    if (texts.length < matchingLimits.remadeMax) return;
  }
}

async function isFull(db: Database): Promise<boolean> {
  const { waitingMax } = matchingLimits;
  const [row] = rowsOf<{ full: boolean }>(
    await db.execute(sql`select exists (select from alert offset ${waitingMax}) as full`),
  );
  return row?.full ?? false;
}

/** A query whose columns are yet to be looked at, and a changed listing whose document has what it asks of it. */
type Measured = { query: string; text: string; id: string; seq: string };

/**
 * Writes what matches by the document alone, and returns what has to be looked at further. Queries whose anchor a listing
 * has are found by its lexemes; the few without are held against each.
 */
async function matchDocuments(
  tx: Database,
  cursor: number,
  upto: number,
): Promise<{ written: number; measured: Measured[] }> {
  const rows = rowsOf<{ written: number; measured: Measured[] | null }>(
    await tx.execute(sql`
      with changed as materialized (
        -- Put together anew, so that the document is unpacked once and not for each query.
        select listing.id, seq, document || ''::tsvector as document
        from change join listing using (id) where seq > ${cursor} and seq <= ${upto} and op = 'put'
      ), met as materialized (
        select hash as query, case when is_measured then text end as text, is_measured, id, seq
        from changed, lateral (
          select distinct query from unnest(tsvector_to_array(document)) as lexeme join query_anchor using (lexeme)
        ) as anchored
        join asked_query on hash = anchored.query
        where changed.document @@ asked_query.document
        union all
        select hash, case when is_measured then text end, is_measured, id, seq from asked_query cross join changed
        where not is_anchored and (asked_query.document is null or changed.document @@ asked_query.document)
      ), hit as (select query, id, seq from met where not is_measured), ${writing}
      select (select count(*)::int from written) as written, (
        select json_agg(json_build_object('query', query, 'text', text, 'id', id, 'seq', seq::text))
        from met where is_measured and exists (
          select from subscription where subscription.query = met.query and until > now())) as measured`),
  );
  const [row] = rows;
  return { written: row?.written ?? 0, measured: row?.measured ?? [] };
}

/** Writes those of which the columns say the rest, by the conditions of search itself. */
async function matchMeasures(tx: Database, measured: Measured[]): Promise<number> {
  const ids = [...new Set(measured.map(({ id }) => id))];
  const texts = [...new Map(measured.map(({ query, text }) => [query, text]))];
  const met = new Set<string>();
  const { measuredPerStatement } = matchingLimits;
  for (let at = 0; at < texts.length; at += measuredPerStatement) {
    const asked = texts.slice(at, at + measuredPerStatement).flatMap(([hash, text]) => {
      const query = parseQuery(text);
      const measures = isProblem(query) ? null : conditionsOf(query).measures;
      return measures ? [sql`(${hash}::text, ${measures})`] : [];
    });
    if (asked.length === 0) continue;
    const rows = rowsOf<{ query: string; id: string }>(
      await tx.execute(sql`
        -- Under the table's name, so that the conditions of search hold of these rows, and no index is weighed for each.
        with page as materialized (select * from listing where id = any(${textArray(ids)}))
        select query, listing.id from page as listing
        cross join lateral (values ${sql.join(asked, sql`, `)}) as asked(query, meets) where meets`),
    );
    for (const { query, id } of rows) met.add(`${query} ${id}`);
  }
  const hits = measured
    .filter(({ query, id }) => met.has(`${query} ${id}`))
    .map(({ query, id, seq }) => ({ query, id, seq }));
  if (hits.length === 0) return 0;
  const [row] = rowsOf<{ written: number }>(
    await tx.execute(sql`
      with hit as (
        select * from jsonb_to_recordset(${JSON.stringify(hits)}::jsonb) as row(query text, id text, seq bigint)
      ), ${writing}
      select count(*)::int as written from written`),
  );
  return row?.written ?? 0;
}

/**
 * The common table expressions after `hit` that write each match to be told; where a subscription has no room, from which
 * number on it misses something.
 */
const writing = sql`live as materialized (
    -- Held, so that none is cancelled before what it is told is written.
    select id, query, since, missed_from from subscription
    where query in (select query from hit) and until > now() for key share
  ), wanted as (
    select live.id as subscription, hit.seq, hit.id as listing, missed_from,
      row_number() over (partition by live.id order by hit.seq) as place
    from hit join live using (query) where since < hit.seq
  ), filled as (
    select wanted.*, missed_from is null and place + (
      select count(*) from alert where alert.subscription = wanted.subscription) <= ${subscriptionLimits.waitingMax} as has_room
    from wanted
  ), written as (
    insert into alert (subscription, seq, listing)
    select subscription, seq, listing from filled where has_room
    on conflict do nothing returning seq
  ), missed as (
    update subscription set missed_from = first.seq
    from (select subscription, min(seq) as seq from filled where not has_room group by subscription) as first
    where subscription.id = first.subscription and missed_from is null
  )`;
