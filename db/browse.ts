/** What can be browsed: every value by which listings are shelved, and every agent. */

import { type SQL, sql } from 'drizzle-orm';
import { LEXEMES } from '../market/search-document.ts';
import { type Database, rowsOf } from './database.ts';

/** What listings are shelved by: those of the facets that one can choose from. */
export const shelfNames = ['tag', 'category', 'domain', 'accepts'] as const;
export type ShelfName = (typeof shelfNames)[number];

export type ShelfCount = { shelf: ShelfName; value: string; count: number };

/**
 * Every value that some listing has, and how many have it; of each shelf the most frequent, where there are more than
 * the limit. Reads all listings: its answer is for keeping.
 */
export async function countShelves(db: Database, valuesPerShelfMax: number): Promise<ShelfCount[]> {
  const letters = sql.join(
    shelfNames.map((name) => sql`(${LEXEMES[name]}, ${name})`),
    sql`, `,
  );
  return rowsOf<ShelfCount>(
    await db.execute(sql`
      with counted as (
        select said, count(*)::int as count from listing, unnest(facets) as said group by said
      ), placed as (
        select shelf.name as shelf, substr(said, 3) as value, count,
          row_number() over (partition by shelf.name order by count desc, said) as place
        from counted join (values ${letters}) as shelf(letter, name) on shelf.letter = left(said, 1)
      )
      select shelf, value, count from placed where place <= ${valuesPerShelfMax}`),
  );
}

/** How many agents have something listed. */
export async function countAgents(db: Database): Promise<number> {
  const [row] = rowsOf<{ n: number }>(await db.execute(sql`select count(*)::int as n from agent`));
  return row?.n ?? 0;
}

export type ShelvedAgent = { jid: string; name: string | null };

/** All who have something listed, or those who offer tools. */
export type AgentShelf = 'agents' | 'endpoints';

const jidsOn: { [shelf in AgentShelf]: SQL } = {
  agents: sql`select jid from agent`,
  endpoints: sql`select distinct jid from listing where body ->> 'kind' = 'tool'`,
};

/** The next agents after an address (or the last before it) in the order of their addresses; null for either end. */
export async function agentsBeside(
  db: Database,
  shelf: AgentShelf,
  side: 'after' | 'before',
  jid: string | null,
  limit: number,
): Promise<ShelvedAgent[]> {
  const isAfter = side === 'after';
  const beyond = jid === null ? sql`true` : isAfter ? sql`jid > ${jid}` : sql`jid < ${jid}`;
  const order = sql`order by jid ${sql.raw(isAfter ? 'asc' : 'desc')}`;
  const rows = rowsOf<ShelvedAgent>(
    await db.execute(sql`
      select jid, name from (
        select jid from (${jidsOn[shelf]}) as shelf where ${beyond} ${order} limit ${limit}
      ) as found join agent using (jid) ${order}`),
  );
  return isAfter ? rows : rows.reverse();
}
