/** Whom to ping and when, and what follows where pings stay unanswered. */

import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { watched } from './vitality.ts';

export type DueAgent = { jid: string; domain: string; resources: string[] };

/** A period varies by this share either way, so that agents that came together do not stay together. */
const jitter = 0.2;

/**
 * Takes watched agents whose reachability is due to be observed, whether online or not, and says when they are due next.
 * @param held how many agents of a domain are under way already
 * @param perDomainMax how many of one domain may be, so that one that is slow cannot hold up the others
 */
export async function takeDue(
  db: Database,
  options: { limit: number; perDomainMax: number; periodMs: number; held: Map<string, number> },
): Promise<DueAgent[]> {
  const held = [...options.held].map(([domain, count]) => ({ domain, count }));
  const result = await db.execute(sql`
    with candidates as (
      select agent.jid, agent.domain, vitality.ping_due,
        row_number() over (partition by agent.domain order by vitality.ping_due nulls first) as place
      from agent
      left join vitality on vitality.jid = agent.jid
      where ${watched(sql`agent.jid`)} and coalesce(vitality.ping_due, '-infinity') <= now()
    ), chosen as (
      select candidates.jid from candidates
      left join jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as held(domain text, count integer)
        on held.domain = candidates.domain
      where place + coalesce(held.count, 0) <= ${options.perDomainMax}
      order by ping_due nulls first
      limit ${options.limit}
    ), taken as (
      insert into vitality (jid, ping_due)
      select jid, now() + ${options.periodMs} * (${1 - jitter} + ${2 * jitter} * random()) * interval '1 millisecond'
      from chosen order by jid
      -- Said again of the row itself: another worker may have taken it meanwhile.
      on conflict (jid) do update set ping_due = excluded.ping_due where vitality.ping_due <= now()
      returning jid
    )
    select agent.jid, agent.domain, coalesce((
      select jsonb_agg(resource order by since desc, resource) from presence where presence.jid = agent.jid
    ), '[]') as resources
    from taken join agent on agent.jid = taken.jid`);
  return (result as unknown as { rows: DueAgent[] }).rows;
}

/**
 * Marks resources offline that their server calls online, but that do not answer. When the agent was last seen stays
 * as it was.
 */
export async function doubtPresence(
  db: Database,
  resources: { jid: string; resource: string }[],
): Promise<void> {
  if (resources.length === 0) return;
  await db.execute(sql`
    delete from presence
    using jsonb_to_recordset(${JSON.stringify(resources)}::jsonb) as row(jid text, resource text)
    where presence.jid = row.jid and presence.resource = row.resource`);
}
