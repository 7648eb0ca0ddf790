/** The crawl queue. */

import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

export type Target = { jid: string; domain: string; depth: number };

/** So many of the entities that are due are looked at to choose from, the longest due first. */
const dueMax = 2_000;

/** `failures`: how often in a row visits failed. */
export type LeasedTarget = Target & { failures: number };

/** Entities to visit; `due` in milliseconds from now. */
export type Enqueue = Target & { dueMs: number };

/** An entity is visited at most once in this time, however often something asks for it. */
export const revisitMinMs = 2_000;

/**
 * Adds entities; one that is known already keeps its place unless it becomes due sooner. For one that is being
 * visited the request is kept for afterwards.
 */
export async function enqueue(db: Database, targets: Enqueue[]): Promise<void> {
  if (targets.length === 0) return;
  // A target named twice in one statement would be updated twice, which Postgres refuses.
  const rows = [...new Map(targets.map((target) => [target.jid, target])).values()];
  await db.execute(sql`
    insert into entity (jid, domain, depth, due)
    select jid, domain, depth, now() + "dueMs" * interval '1 millisecond'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(jid text, domain text, depth smallint, "dueMs" bigint)
    order by jid
    on conflict (jid) do update set
      due = least(entity.due, greatest(excluded.due,
        coalesce(entity.visited, '-infinity') + ${revisitMinMs} * interval '1 millisecond')),
      depth = least(entity.depth, excluded.depth)`);
}

export type Agent = { jid: string; domain: string };

/** Has the agent visited as soon as may be: it asked for something that a visit brings about. */
export async function makeVisitDue(db: Database, { jid, domain }: Agent): Promise<void> {
  await enqueue(db, [{ jid, domain, depth: 0, dueMs: 0 }]);
}

/** Adds entities that are not known yet, and leaves the others' schedule alone. */
export async function enqueueNew(db: Database, targets: Target[]): Promise<void> {
  if (targets.length === 0) return;
  const rows = [...new Map(targets.map((target) => [target.jid, target])).values()];
  await db.execute(sql`
    insert into entity (jid, domain, depth, due)
    select jid, domain, depth, now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(jid text, domain text, depth smallint)
    order by jid
    on conflict (jid) do nothing`);
}

/**
 * Takes due entities for a worker. A lease that runs out, as when its worker died, makes its entity due again.
 * @param perDomainMax how many entities of one domain may be under way at once, so that one cannot hold them all
 */
export async function lease(
  db: Database,
  worker: string,
  options: { limit: number; perDomainMax: number; leaseMs: number },
): Promise<LeasedTarget[]> {
  const result = await db.execute(sql`
    with busy as (
      select domain, count(*) as held from entity
      where lease_by is not null and lease_until > now() group by domain
    ), candidates as (
      select jid, domain, row_number() over (partition by domain order by due) as place
      from (
        select jid, domain, due from entity
        where due <= now() and (lease_until is null or lease_until <= now())
          and domain not in (select domain from busy where held >= ${options.perDomainMax})
        order by due limit ${dueMax}
      ) as soonest
    ), chosen as (
      select entity.jid from entity
      join candidates on candidates.jid = entity.jid
      left join busy on busy.domain = entity.domain
      where place + coalesce(busy.held, 0) <= ${options.perDomainMax}
        -- Said again of the row itself: another worker may have leased it after the snapshot was taken.
        and entity.due <= now() and (entity.lease_until is null or entity.lease_until <= now())
      order by due
      limit ${options.limit}
      for update of entity skip locked
    )
    update entity set
      lease_by = ${worker},
      lease_until = now() + ${options.leaseMs} * interval '1 millisecond',
      due = now() + ${options.leaseMs} * interval '1 millisecond',
      visited = now()
    from chosen where entity.jid = chosen.jid
    returning entity.jid, entity.domain, entity.depth, entity.failures`);
  return (result as unknown as { rows: LeasedTarget[] }).rows;
}

/**
 * Ends a visit: when the next is due, and whether this one failed. A request that came meanwhile stands: it made the
 * entity due before the lease's end.
 */
export async function release(
  db: Database,
  worker: string,
  visits: { jid: string; nextMs: number; failed: boolean }[],
): Promise<void> {
  if (visits.length === 0) return;
  await db.execute(sql`
    update entity set
      lease_by = null, lease_until = null,
      failures = case when failed then failures + 1 else 0 end,
      due = least(now() + "nextMs" * interval '1 millisecond',
        case when due < lease_until then due else 'infinity' end)
    from jsonb_to_recordset(${JSON.stringify(visits)}::jsonb) as row(jid text, "nextMs" bigint, failed boolean)
    where entity.jid = row.jid and lease_by = ${worker}`);
}

/** Frees what an earlier life of this worker held. */
export async function releaseAll(db: Database, worker: string): Promise<void> {
  await db.execute(sql`
    update entity set lease_by = null, lease_until = null, due = least(due, now()) where lease_by = ${worker}`);
}
