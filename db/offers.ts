/** Offers that wait for an agent's answer. */

import { sql } from 'drizzle-orm';
import { type Database, rowsOf } from './database.ts';

/**
 * How many offers of clients of that registrable domain wait for the provider.
 * @param max beyond which nothing is counted
 */
export async function waitingOffers(
  db: Database,
  { provider, site, max }: { provider: string; site: string; max: number },
): Promise<number> {
  const domain = sql`substr(client, strpos(client, '@') + 1)`;
  const result = await db.execute(sql`
    select count(*)::int as waiting from (
      select from contract
      where provider = ${provider} and state = 'offered' and opened_by = 'client'
        and (${domain} = ${site} or right(${domain}, length(${site}) + 1) = '.' || ${site})
      limit ${max}
    ) as offered`);
  return rowsOf<{ waiting: number }>(result)[0]?.waiting ?? 0;
}
