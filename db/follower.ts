/** How far those who follow the change feed have come: each has a name, and a number that moves with what it writes. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/**
 * Where the follower stands, held until the transaction ends, so that no other takes the same changes. One that is new begins
 * at the head, or where the first subscription was made: somebody may subscribe before anybody first looks.
 */
export async function holdCursor(tx: Database, name: string): Promise<number> {
  await tx.execute(sql`
    insert into follower (name, seq)
    select ${name}, least(seq, (select min(since) from subscription)) from change_head
    on conflict (name) do nothing`);
  const [row] = rowsOf<{ seq: string }>(
    await tx.execute(sql`select seq from follower where name = ${name} for update`),
  );
  if (!row) throw new Error('the change feed has no head');
  return Number(row.seq);
}

export async function moveCursor(tx: Database, name: string, seq: number): Promise<void> {
  await tx.execute(sql`update follower set seq = ${seq} where name = ${name}`);
}

/** The last number given out. */
export async function headOf(db: Database): Promise<number> {
  const [row] = rowsOf<{ seq: string }>(await db.execute(sql`select seq from change_head`));
  if (!row) throw new Error('the change feed has no head');
  return Number(row.seq);
}
