/**
 * Search in reverse: what subscribed queries do the changes of the index match? A changed listing finds by its lexemes the
 * queries whose anchor is among them; these, and the few that have none, are held against it, each once however many subscribe to it.
 */

import { type SQL, sql } from 'drizzle-orm';
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
    const measured = await measuredHits(tx, cursor, upto);
    const matches = await writeAlerts(tx, cursor, upto, measured);
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

/**
 * The common table expressions up to `met`: pairs of a query and a changed listing whose document has what the query asks of
 * it. Queries that nobody subscribes to are not among them.
 */
function metBetween(cursor: number, upto: number, measured: boolean): SQL {
  return sql`changed as materialized (
    -- Put together anew, so that the document is unpacked once and not for each query.
    select listing.id, seq, document || ''::tsvector as document
    from change join listing using (id) where seq > ${cursor} and seq <= ${upto} and op = 'put'
  ), anchored as (
    select distinct query, id from (select id, unnest(tsvector_to_array(document)) as lexeme from changed) as said
    join query_anchor using (lexeme)
  ), met as (
    select hash, text, id, seq from anchored
    join asked_query on hash = anchored.query and is_measured = ${measured}
    join changed using (id) where changed.document @@ asked_query.document
    union all
    select hash, text, id, seq from asked_query cross join changed
    where not is_anchored and is_measured = ${measured}
      and (asked_query.document is null or changed.document @@ asked_query.document)
  )`;
}

type Hit = { query: string; id: string };

/** What the columns say, by the conditions of search, of the listings whose documents say enough. */
async function measuredHits(tx: Database, cursor: number, upto: number): Promise<Hit[]> {
  const rows = rowsOf<{ hash: string; text: string; ids: string[] }>(
    await tx.execute(sql`
      with ${metBetween(cursor, upto, true)}
      select hash, text, array_agg(id) as ids from met
      where exists (select from subscription where subscription.query = hash and until > now())
      group by hash, text order by hash`),
  );
  const hits: Hit[] = [];
  const { measuredPerStatement } = matchingLimits;
  for (let at = 0; at < rows.length; at += measuredPerStatement) {
    const asked = rows.slice(at, at + measuredPerStatement).flatMap(({ hash, text, ids }) => {
      const query = parseQuery(text);
      const measures = isProblem(query) ? null : conditionsOf(query).measures;
      if (!measures) return [];
      return [
        sql`select ${hash}::text as query, id from listing where id = any(${textArray(ids)}) and ${measures}`,
      ];
    });
    if (asked.length > 0) hits.push(...rowsOf<Hit>(await tx.execute(sql.join(asked, sql` union all `))));
  }
  return hits;
}

/** Writes each match to be told; where a subscription has no room, from which number on it misses something. */
async function writeAlerts(tx: Database, cursor: number, upto: number, measured: Hit[]): Promise<number> {
  const { waitingMax } = subscriptionLimits;
  const [row] = rowsOf<{ written: number }>(
    await tx.execute(sql`
      with ${metBetween(cursor, upto, false)}, hit as (
        select hash as query, id, seq from met
        union all
        select query, id, seq from jsonb_to_recordset(${JSON.stringify(measured)}::jsonb) as row(query text, id text)
        join changed using (id)
      ), wanted as (
        select subscription.id as subscription, hit.seq, hit.id as listing, missed_from,
          row_number() over (partition by subscription.id order by hit.seq) as place
        from hit join subscription using (query)
        where until > now() and since < hit.seq
      ), filled as (
        select wanted.*, missed_from is null and place + (
          select count(*) from alert where alert.subscription = wanted.subscription) <= ${waitingMax} as has_room
        from wanted
      ), written as (
        insert into alert (subscription, seq, listing)
        select subscription, seq, listing from filled where has_room
        on conflict do nothing returning seq
      ), missed as (
        update subscription set missed_from = first.seq
        from (select subscription, min(seq) as seq from filled where not has_room group by subscription) as first
        where subscription.id = first.subscription and missed_from is null
      )
      select count(*)::int as written from written`),
  );
  return row?.written ?? 0;
}
