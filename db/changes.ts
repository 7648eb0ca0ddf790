/** Reading the change feed: what recordChanges (write-index) numbered. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';
import { plannedOnce } from './prepared.ts';

/** The latest change of one listing. `at` is when it was written, ISO 8601 in UTC; `seq` alone orders. */
export type FeedChange = { seq: number; id: string; op: 'put' | 'delete'; at: string };

export type FeedPage = {
  changes: FeedChange[];
  /** The last number given out, as of the same moment. */
  head: number;
};

type Row = { head: string } & ({ seq: string; id: string; op: 'put' | 'delete'; at: string } | { seq: null });

/** The first changes after that number, at most `limit`, in their order. */
export async function readChanges(db: Database, since: number, limit: number): Promise<FeedPage> {
  const result = await db.execute(sql`${plannedOnce}
    select head.seq as head, page.*
    from change_head as head left join (
      select seq, id, op, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
      from change where seq > ${since} order by seq limit ${limit}
    ) as page on true
    order by page.seq`);
  return pageOf(rowsOf<Row>(result));
}

/**
 * The same, cut before the listings that go with it exceed so many bytes as they are stored; one is always there.
 * @param bytesMax counted over the listings of the page
 */
export async function readChangesWithin(
  db: Database,
  since: number,
  limit: number,
  bytesMax: number,
): Promise<FeedPage> {
  const result = await db.execute(sql`
    select head.seq as head, page.seq, page.id, page.op, page.at
    from change_head as head left join (
      select seq, change.id, op, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
        row_number() over (order by seq) as place,
        sum(coalesce(octet_length(listing.body::text), 0)) over (order by seq) as bytes
      from (select * from change where seq > ${since} order by seq limit ${limit}) as change
      left join listing using (id)
    ) as page on page.place = 1 or page.bytes <= ${bytesMax}
    order by page.seq`);
  return pageOf(rowsOf<Row>(result));
}

function pageOf(rows: Row[]): FeedPage {
  const [first] = rows;
  if (!first) throw new Error('the change feed has no head');
  const changes = rows.flatMap((row) =>
    row.seq === null ? [] : [{ seq: Number(row.seq), id: row.id, op: row.op, at: row.at }],
  );
  return { changes, head: Number(first.head) };
}
