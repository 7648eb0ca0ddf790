/** Reading providers. */

import { and, eq, gt, sql } from 'drizzle-orm';
import type { Uptime } from '../market/listing.ts';
import type { ShownScore } from '../market/reputation/shown-score.ts';
import type { Database } from './database.ts';
import { scoreColumn } from './reputation.ts';
import { agent, consent, presence } from './schema.ts';
import { unknownVitality, type Vitality, vitalityColumn } from './vitality.ts';

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
  /** What it is said to be to those who call it, and to those whom it calls. */
  asProvider: ShownScore | null;
  asClient: ShownScore | null;
};

// Named with its table by hand: in a select from one table, drizzle leaves the table out.
const jidOfAgent = sql`agent.jid`;
const shown = sql`exists (select from ${consent} where ${consent.jid} = ${agent.jid}) and not ${agent.presenceDenied}`;
const agentColumns = {
  jid: agent.jid,
  domain: agent.domain,
  name: agent.name,
  firstSeen: agent.firstSeen,
  lastSeen: sql<Date | null>`case when ${shown} then ${agent.lastSeen} end`.mapWith(agent.lastSeen),
  online: sql<boolean | null>`case when ${shown} then
    exists (select from ${presence} where presence.jid = ${jidOfAgent}) end`,
  vitality: vitalityColumn(jidOfAgent, shown),
  asProvider: scoreColumn('provider', jidOfAgent),
  asClient: scoreColumn('client', jidOfAgent),
};

export async function findAgent(db: Database, jid: string): Promise<AgentRecord | null> {
  const [row] = await db.select(agentColumns).from(agent).where(eq(agent.jid, jid));
  return row ? recordOf(row) : null;
}

export type CountedAgent = AgentRecord & { listings: number };

/**
 * Providers by their JIDs, and how many listings each has.
 * @param domain those of this domain, not of domains below it; null for all
 * @param after the JID after which to go on
 */
export async function listAgents(
  db: Database,
  { domain, after, limit }: { domain: string | null; after: string | null; limit: number },
): Promise<CountedAgent[]> {
  const rows = await db
    .select({
      ...agentColumns,
      listings: sql<number>`(select count(*)::int from listing where listing.jid = ${jidOfAgent})`,
    })
    .from(agent)
    .where(
      and(
        domain === null ? undefined : eq(agent.domain, domain),
        after === null ? undefined : gt(agent.jid, after),
      ),
    )
    .orderBy(agent.jid)
    .limit(limit);
  return rows.map(({ listings, ...row }) => ({ ...recordOf(row), listings }));
}

type AgentRow = Omit<AgentRecord, 'uptime' | 'replyMs'> & { vitality: Vitality | null };

function recordOf({ vitality, ...found }: AgentRow): AgentRecord {
  return { ...found, ...(vitality ?? unknownVitality) };
}
