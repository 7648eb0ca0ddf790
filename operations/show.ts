/** One listing, or one provider with what it offers. */

import { type AgentRecord, findAgent } from '../db/agents.ts';
import { findListing, listingsOfAgent } from '../db/listings.ts';
import { providerAddress } from '../market/address.ts';
import { listingsPerAgentMax } from '../market/describe.ts';
import type { ListingRecord } from '../market/listing.ts';
import { ID_PATTERN, idCharsMax } from '../market/listing-id.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Deps } from './deps.ts';

export async function showListing({ db }: Deps, id: string): Promise<ListingRecord | Problem> {
  const record = id.length <= idCharsMax && ID_PATTERN.test(id) ? await findListing(db, id) : null;
  return record ?? problem('listing-not-found', 'No listing has this id; expected one as search gives it.');
}

export type AgentPage = { agent: AgentRecord; listings: ListingRecord[] };

/** @param address a JID; its resource, if it has one, is ignored */
export async function showAgent({ db }: Deps, address: string): Promise<AgentPage | Problem> {
  const jid = providerAddress(address);
  if (!jid) return problem('invalid-parameter', 'The address is no JID; expected one such as fx@works.test.');
  const [agent, listings] = await Promise.all([
    findAgent(db, jid),
    listingsOfAgent(db, jid, listingsPerAgentMax),
  ]);
  return agent ? { agent, listings } : problem('agent-not-found', 'Nothing is listed from this address.');
}
