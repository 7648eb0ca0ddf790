/** Whether what is served is kept up. */

import { liveness } from '../db/heartbeat.ts';
import type { Deps } from './deps.ts';

/** A worker without a sign of life for this long counts as gone. */
export const heartbeatAgeMaxMs = 60_000;

export type Readiness = {
  ready: boolean;
  database: boolean;
  worker: { ageMs: number | null; online: boolean };
};

/** Never throws: a database that cannot be reached is an answer. */
export async function readiness({ db }: Deps): Promise<Readiness> {
  try {
    const worker = await liveness(db);
    return { ready: worker.ageMs !== null && worker.ageMs <= heartbeatAgeMaxMs, database: true, worker };
  } catch {
    return { ready: false, database: false, worker: { ageMs: null, online: false } };
  }
}
