/** What a party of a contract is told of an event. */

import { and, eq, sql } from 'drizzle-orm';
import type { Contract, ContractEvent } from '../market/contract/contract.ts';
import type { Side } from '../market/contract/states.ts';
import { consents, known } from './consent.ts';
import { type Database, fewRows } from './database.ts';
import { builtOnce, keptByConnections } from './prepared.ts';
import { eventColumns, shownContract } from './read-contracts.ts';
import { contract, contractEvent } from './schema.ts';

export type AskedNotice = { contract: string; seq: number; party: Side };

export type ContractNotice = {
  /** As it is now: it may have gone on since the event. */
  contract: Contract;
  event: ContractEvent;
  /**
   * True where the party may be told: it made a move in the contract, is the client of a call, or has to do with the
   * directory. Another is a stranger whom somebody named; and an offer is told only to whoever consents as it is told.
   */
  mayHear: boolean;
};

const notices = builtOnce((db) => {
  const party = sql`case asked.party when 'client' then ${contract.client} else ${contract.provider} end`;
  const asked = sql`(
    select * from jsonb_to_recordset(${sql.placeholder('asked')}::jsonb)
      as given(contract text, seq int, party text, place int)
    ${fewRows(sql.placeholder('count'))}) as asked`;
  return db
    .select({
      contract: shownContract,
      event: eventColumns,
      mayHear: sql<boolean>`(${contract.kind} = 'call' or exists (
        select from contract_event as made where made.contract = ${contract.id} and made.by = asked.party
      ) or case when ${contract.kind} = 'direct' and ${contract.opening} = 'offer'
        then ${consents(party)} else ${known(party)} end)`,
      place: sql<number>`asked.place`,
    })
    .from(contract)
    .innerJoin(asked, eq(contract.id, sql`asked.contract`))
    .innerJoin(
      contractEvent,
      and(eq(contractEvent.contract, contract.id), eq(contractEvent.seq, sql`asked.seq`)),
    )
    .where(sql`true ${keptByConnections}`)
    .prepare('contract_notices');
});

/** In the order in which they are asked for; null where there is no such event. */
export async function contractNotices(
  db: Database,
  asked: AskedNotice[],
): Promise<(ContractNotice | null)[]> {
  const rows = asked.map((notice, place) => ({ ...notice, place }));
  const found = await notices(db).execute({ asked: JSON.stringify(rows), count: rows.length });
  const byPlace = new Map(found.map(({ place, ...notice }) => [place, notice]));
  return asked.map((_, place) => byPlace.get(place) ?? null);
}
