/** Reading providers. */

import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { agent, consent, presence } from './schema.ts';

export type AgentRecord = {
  jid: string;
  domain: string;
  name: string | null;
  firstSeen: Date;
  /** Null where presence is withheld. */
  lastSeen: Date | null;
  online: boolean | null;
};

export async function findAgent(db: Database, jid: string): Promise<AgentRecord | null> {
  const shown = sql`exists (select from ${consent} where ${consent.jid} = ${agent.jid}) and not ${agent.presenceDenied}`;
  const [row] = await db
    .select({
      jid: agent.jid,
      domain: agent.domain,
      name: agent.name,
      firstSeen: agent.firstSeen,
      lastSeen: sql<Date | null>`case when ${shown} then ${agent.lastSeen} end`.mapWith(agent.lastSeen),
      online: sql<boolean | null>`case when ${shown} then
        exists (select from ${presence} where ${presence.jid} = ${agent.jid}) end`,
    })
    .from(agent)
    .where(eq(agent.jid, jid));
  return row ?? null;
}
