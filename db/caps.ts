/** Verified entity capabilities. */

import { sql } from 'drizzle-orm';
import type { RootInfo } from '../market/facts.ts';
import type { AnnouncedCaps } from './consent.ts';
import type { Database } from './database.ts';

/** What the first known of these hashes stands for. */
export async function findCaps(db: Database, caps: AnnouncedCaps[]): Promise<RootInfo | null> {
  if (caps.length === 0) return null;
  const result = await db.execute(sql`
    select caps_info.info from jsonb_to_recordset(${JSON.stringify(caps)}::jsonb) as asked(algorithm text, ver text)
    join caps_info using (algorithm, ver) limit 1`);
  return (result as unknown as { rows: { info: RootInfo }[] }).rows[0]?.info ?? null;
}

export async function keepCaps(db: Database, caps: AnnouncedCaps[], info: RootInfo): Promise<void> {
  await db.execute(sql`
    insert into caps_info (algorithm, ver, info)
    select algorithm, ver, ${JSON.stringify(info)}::jsonb
    from jsonb_to_recordset(${JSON.stringify(caps)}::jsonb) as row(algorithm text, ver text)
    order by algorithm, ver
    on conflict do nothing`);
}
