/** What is indexed, how fresh it is, and how alive. */

import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

export type Stats = {
  listings: number;
  agents: number;
  domains: number;
  online: number;
  stale: number;
  changes: number;
  byKind: { [kind: string]: number };
};

export async function readStats(db: Database): Promise<Stats> {
  const result = await db.execute(sql`
    select
      (select count(*)::int from listing) as listings,
      (select count(*)::int from agent) as agents,
      (select count(distinct domain)::int from agent) as domains,
      (select count(distinct presence.jid)::int from presence join agent using (jid) where not presence_denied) as online,
      (select count(*)::int from listing_status where verified < now() - interval '24 hours') as stale,
      (select seq::int from change_head) as changes,
      (select coalesce(jsonb_object_agg(kind, n), '{}') from
        (select body->>'kind' as kind, count(*)::int as n from listing group by 1) as kinds) as "byKind"`);
  const [row] = (result as unknown as { rows: Stats[] }).rows;
  if (!row) throw new Error('the statistics have no row');
  return row;
}
