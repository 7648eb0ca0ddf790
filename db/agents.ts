/** Reading providers. */

import { eq, sql } from 'drizzle-orm';
import type { Uptime } from '../market/listing.ts';
import type { Database } from './database.ts';
import { agent, consent, presence } from './schema.ts';
import { unknownVitality, vitalityColumn } from './vitality.ts';

export type AgentRecord = {
  jid: string;
  domain: string;
  name: string | null;
  firstSeen: Date;
  /** Null where presence is withheld. */
  lastSeen: Date | null;
  online: boolean | null;
  uptime: Uptime;
  /** The median of its last reply times. */
  replyMs: number | null;
};

export async function findAgent(db: Database, jid: string): Promise<AgentRecord | null> {
  // Named with its table by hand: in a select from one table, drizzle leaves the table out.
  const jidOfAgent = sql`agent.jid`;
  const shown = sql`exists (select from ${consent} where ${consent.jid} = ${agent.jid}) and not ${agent.presenceDenied}`;
  const [row] = await db
    .select({
      jid: agent.jid,
      domain: agent.domain,
      name: agent.name,
      firstSeen: agent.firstSeen,
      lastSeen: sql<Date | null>`case when ${shown} then ${agent.lastSeen} end`.mapWith(agent.lastSeen),
      online: sql<boolean | null>`case when ${shown} then
        exists (select from ${presence} where presence.jid = ${jidOfAgent}) end`,
      vitality: vitalityColumn(jidOfAgent, shown),
    })
    .from(agent)
    .where(eq(agent.jid, jid));
  if (!row) return null;
  const { vitality, ...found } = row;
  return { ...found, ...(vitality ?? unknownVitality) };
}
