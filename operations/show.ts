/** One listing; providers, and one of them with what it offers. */

import { type AgentRecord, type CountedAgent, findAgent, listAgents } from '../db/agents.ts';
import { findListing, listingsOfAgent } from '../db/listings.ts';
import { firstRated } from '../db/ratings.ts';
import { findScores, hasLeft } from '../db/reputation.ts';
import { unknownVitality } from '../db/vitality.ts';
import { providerAddress, providerDomain } from '../market/address.ts';
import { decodeCursor, encodeCursor } from '../market/cursor.ts';
import { listingsPerAgentMax } from '../market/describe.ts';
import type { ListingRecord } from '../market/listing.ts';
import { ID_PATTERN, idCharsMax } from '../market/listing-id.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Deps } from './deps.ts';

export const listingNotFound = problem(
  'listing-not-found',
  'No listing has this id; expected one as search gives it.',
);

export function isListingId(id: string): boolean {
  return id.length <= idCharsMax && ID_PATTERN.test(id);
}

export async function showListing({ db }: Deps, id: string): Promise<ListingRecord | Problem> {
  return (isListingId(id) ? await findListing(db, id) : null) ?? listingNotFound;
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
  const known = agent ?? (await ratedAgent(db, jid));
  return known
    ? { agent: known, listings }
    : problem('agent-not-found', 'Nothing is listed from this address.');
}

/** One that offers nothing, and was rated for what it had others do. */
async function ratedAgent(db: Deps['db'], jid: string): Promise<AgentRecord | null> {
  const [scores, first] = await Promise.all([findScores(db, jid), firstRated(db, jid)]);
  const { provider, client } = scores;
  if (first === null || (!provider && !client) || (await hasLeft(db, jid))) return null;
  return {
    ...{ jid, domain: providerDomain(jid), name: null, firstSeen: first },
    ...{ lastSeen: null, online: null, ...unknownVitality },
    ...{ asProvider: provider, asClient: client },
  };
}

export type AgentsInput = { domain: string | null; limit: number; cursor: string | null };

/** Providers by their JIDs; nothing is lost or repeated while others come and go. */
export async function browseAgents(
  { db }: Deps,
  { domain: asked, limit, cursor }: AgentsInput,
): Promise<{ items: CountedAgent[]; cursor: string | null } | Problem> {
  const domain = asked === null ? null : providerAddress(asked);
  if (asked !== null && (domain === null || domain.includes('@'))) {
    return problem('invalid-parameter', 'The domain is none; expected one such as works.test.');
  }
  const scope = `agents ${domain ?? ''}`;
  const after = cursor === null ? null : decodeCursor(scope, cursor, 'text');
  if (cursor !== null && after === null) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this list; expected the cursor of its last page, or none.',
    );
  }
  const rows = await listAgents(db, { domain, after: after?.key ?? null, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? encodeCursor(scope, { key: last.jid, id: '' }) : null;
  return { items, cursor: next };
}
