/** What looking at a command's first form showed, so that no command is executed for a look more often than needed. */

import { and, eq, inArray, sql } from 'drizzle-orm';
import type { FirstForm } from '../market/facts.ts';
import { consents } from './consent.ts';
import type { Database } from './database.ts';
import { commandLook } from './schema.ts';

export type CommandLook = {
  node: string;
  /** What the agent said of the command at the time; a change is a reason to look again. */
  fingerprint: string;
  lookedAt: Date;
  /** False where the look was begun and nothing came of it. */
  finished: boolean;
  /** Null where the command takes nothing, or where the look failed. */
  form: FirstForm | null;
  /** The command completed at once: it must never be executed for a look again. */
  takesNothing: boolean;
};

export async function looksAt(db: Database, jid: string): Promise<Map<string, CommandLook>> {
  const rows = await db.select().from(commandLook).where(eq(commandLook.jid, jid));
  return new Map(rows.map(({ jid: _, ...look }) => [look.node, look]));
}

/**
 * Notes that a look is about to happen, before it does: a crash in between must not lead to a second one at once.
 * False where the agent's consent is gone.
 */
export async function beginLook(
  db: Database,
  jid: string,
  node: string,
  fingerprint: string,
): Promise<boolean> {
  const result = await db.execute(sql`
    insert into command_look (jid, node, fingerprint, looked_at, takes_nothing)
    select ${jid}, ${node}, ${fingerprint}, now(), false where ${consents(jid)}
    on conflict (jid, node) do update set
      fingerprint = excluded.fingerprint, looked_at = now(), finished = false
    returning node`);
  return (result as unknown as { rows: unknown[] }).rows.length > 0;
}

export async function endLook(
  db: Database,
  jid: string,
  node: string,
  outcome: { form: FirstForm | null; takesNothing: boolean },
): Promise<void> {
  await db
    .update(commandLook)
    .set({ ...outcome, finished: true })
    .where(and(eq(commandLook.jid, jid), eq(commandLook.node, node)));
}

/** Forgets commands that the agent no longer lists, but never that one acts at once. */
export async function forgetLooks(db: Database, jid: string, nodes: string[]): Promise<void> {
  if (nodes.length === 0) return;
  await db
    .delete(commandLook)
    .where(
      and(eq(commandLook.jid, jid), inArray(commandLook.node, nodes), eq(commandLook.takesNothing, false)),
    );
}
