/** Signs of life of the workers, by which the edge knows whether what it serves is kept up. */

import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { heartbeat } from './schema.ts';

export async function beat(db: Database, worker: string, online: boolean): Promise<void> {
  await db
    .insert(heartbeat)
    .values({ worker, at: sql`now()`, online })
    .onConflictDoUpdate({ target: heartbeat.worker, set: { at: sql`now()`, online } });
}

export type Liveness = { ageMs: number | null; online: boolean };

/** The age of the youngest heartbeat, and whether its worker is connected; null where there never was one. */
export async function liveness(db: Database): Promise<Liveness> {
  const [row] = await db
    .select({
      ageMs: sql<number | null>`extract(epoch from now() - ${heartbeat.at}) * 1000`.mapWith(Number),
      online: heartbeat.online,
    })
    .from(heartbeat)
    .orderBy(sql`${heartbeat.at} desc`)
    .limit(1);
  return row ?? { ageMs: null, online: false };
}
