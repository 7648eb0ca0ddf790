/** What every write of the index ends with: the words it brought or took, and its numbers in the change feed. */

import { sql } from 'drizzle-orm';
import type { Listing } from '../market/listing.ts';
import { termsOf } from '../market/search-document.ts';
import type { Database } from './database.ts';

/** `came` and `went`: the listing as it is now, and as it was. */
export type Change =
  | { id: string; op: 'put'; came: Listing; went: Listing | null }
  | { id: string; op: 'delete'; firstSeen: string; went: Listing };

/**
 * Counts the words that came and went, and takes the sequence numbers last of all: the lock on the one row is held until
 * commit, so none appears late.
 */
export async function recordChanges(tx: Database, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  await countTerms(tx, changes);
  const numbered = changes.map(({ id, op, ...change }) => ({
    id,
    op,
    firstSeen: 'firstSeen' in change ? change.firstSeen : null,
  }));
  await tx.execute(sql`
    with head as (
      update change_head set seq = seq + ${changes.length} returning seq - ${changes.length} as base
    ), numbered as (
      select row.id, row.op, head.base + row_number() over (order by row.id) as seq,
        coalesce(row."firstSeen", listing.first_seen) as first_seen
      from head cross join jsonb_to_recordset(${JSON.stringify(numbered)}::jsonb)
        as row(id text, op text, "firstSeen" timestamptz)
      left join listing on listing.id = row.id
    )
    insert into change (id, seq, op, at, first_seen)
    select id, seq, op, now(), first_seen from numbered
    on conflict (id) do update set seq = excluded.seq, op = excluded.op, at = excluded.at`);
}

/** Counts the words, tags and inputs of listings that came, and those of listings that went, or are as they were no more. */
async function countTerms(tx: Database, changes: Change[]): Promise<void> {
  const terms = new Map<string, { kind: string; text: string; n: number }>();
  const count = (listings: Listing[], by: 1 | -1) => {
    for (const { kind, text } of listings.flatMap(termsOf)) {
      const key = `${kind} ${text}`;
      terms.set(key, { kind, text, n: (terms.get(key)?.n ?? 0) + by });
    }
  };
  count(
    changes.flatMap((change) => (change.op === 'put' ? [change.came] : [])),
    1,
  );
  count(
    changes.flatMap(({ went }) => went ?? []),
    -1,
  );
  const counted = [...terms.values()].filter(({ n }) => n !== 0);
  if (counted.length === 0) return;
  await tx.execute(sql`
    insert into term (kind, text, n)
    select kind, text, n from jsonb_to_recordset(${JSON.stringify(counted)}::jsonb)
      as row(kind text, text text, n integer)
    order by kind, text
    on conflict (kind, text) do update set n = term.n + excluded.n`);
  // What nobody says any more is not offered either.
  const lost = counted.filter(({ n }) => n < 0);
  if (lost.length === 0) return;
  await tx.execute(sql`
    delete from term using jsonb_to_recordset(${JSON.stringify(lost)}::jsonb) as row(kind text, text text)
    where term.kind = row.kind and term.text = row.text and n <= 0`);
}
