/** Entities that users ask to have crawled. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';
import { type Agent, revisitMinMs } from './queue.ts';

export const seedLimits = {
  /** Entities that are taken in an hour of all users together. */
  perHourMax: 600,
  /** Asked for again within this time, an entity is not queued anew, and not counted. */
  againMinutes: 5,
} as const;

export type SeedOutcome = { taken: boolean; retryAfterSeconds: number };

/**
 * Makes a visit to the entity due, unless users asked for as many as are taken in an hour: counted in the statement
 * that writes. Requests that run at the very same time do not see each other, and can exceed the number by theirs.
 */
export async function seedEntity(
  db: Database,
  { jid, domain }: Agent,
  limits: { perHourMax: number; againMinutes: number } = seedLimits,
): Promise<SeedOutcome> {
  const { perHourMax, againMinutes } = limits;
  const result = await db.execute(sql`
    with recent as (
      select count(*) as count, min(asked) as first,
        coalesce(bool_or(jid = ${jid} and asked > now() - ${againMinutes} * interval '1 minute'), false) as again
      from entity where asked > now() - interval '1 hour'
    ), taken as (
      insert into entity (jid, domain, depth, asked, due)
      select ${jid}, ${domain}, 0, now(), now() from recent where count < ${perHourMax} and not again
      on conflict (jid) do update set
        asked = now(),
        depth = 0,
        due = least(entity.due, greatest(now(),
          coalesce(entity.visited, '-infinity') + ${revisitMinMs} * interval '1 millisecond'))
      returning jid
    )
    select again or exists (select from taken) as taken,
      greatest(1, ceil(extract(epoch from first + interval '1 hour' - now())))::int as "retryAfterSeconds"
    from recent`);
  const [row] = rowsOf<SeedOutcome>(result);
  return { taken: row?.taken ?? false, retryAfterSeconds: row?.retryAfterSeconds ?? 1 };
}
