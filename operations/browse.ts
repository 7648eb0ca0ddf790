/** Browsing: what listings are shelved by, the listings on one shelf in the order of their names, and the agents. */

import {
  type AgentShelf,
  agentsBeside,
  countAgents,
  countShelves,
  type ShelfName,
  type ShelvedAgent,
} from '../db/browse.ts';
import { keyTypes, type SearchKey } from '../db/orders.ts';
import { type SearchHit, searchListings } from '../db/search.ts';
import { decodeCursor, encodeCursor } from '../market/cursor.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import { formatQuery } from '../market/query/format.ts';
import type { Deps } from './deps.ts';

export type { AgentShelf, ShelfName, ShelvedAgent };

export const browseLimits = {
  /** Values of one shelf; of more, the most frequent. */
  valuesPerShelfMax: 50_000,
  /** Reads of the index for one page, each of which may pass many listings and find none. */
  readsMax: 10,
} as const;

/** By shelf, every value with the number of its listings, in the order of the values. */
export type Shelves = { [name in ShelfName]: ReadonlyMap<string, number> } & { agents: number };

export async function shelves({ db }: Deps): Promise<Shelves> {
  const [counts, agents] = await Promise.all([
    countShelves(db, browseLimits.valuesPerShelfMax),
    countAgents(db),
  ]);
  const sorted = counts.sort((a, b) => (a.value < b.value ? -1 : 1));
  const of = (name: ShelfName) =>
    new Map(sorted.filter(({ shelf }) => shelf === name).map(({ value, count }) => [value, count]));
  return { tag: of('tag'), category: of('category'), domain: of('domain'), accepts: of('accepts'), agents };
}

/** A listing, and the cursor after which the next one follows. */
export type ShelvedListing = { record: ListingRecord; cursor: string };

/** The next listings that match, in the order of their names: none, where there are no more. */
export async function shelvedListings(
  { db }: Deps,
  query: Query,
  limit: number,
  cursor: string | null,
): Promise<ShelvedListing[] | Problem> {
  const scope = `browse ${formatQuery(query)}`;
  let after: SearchKey | null = cursor === null ? null : decodeCursor(scope, cursor, keyTypes.name);
  if (cursor !== null && after === null) {
    return problem(
      'invalid-cursor',
      'The place is none of this list; expected one of its last page, or none.',
    );
  }
  const found: SearchHit[] = [];
  for (let read = 0; read < browseLimits.readsMax && found.length < limit; read++) {
    const wanted = { query, sort: 'name', after, limit: limit - found.length } as const;
    const { hits, passed } = await searchListings(db, wanted);
    found.push(...hits);
    if (passed === null) return found.map((hit) => shelved(scope, hit));
    after = passed;
  }
  if (found.length > 0) return found.map((hit) => shelved(scope, hit));
  return problem(
    'query-too-slow',
    'Too many other listings stand between these in the order of names; search for them instead.',
  );
}

function shelved(scope: string, { record, key }: SearchHit): ShelvedListing {
  return { record, cursor: encodeCursor(scope, { key, id: record.listing.id }) };
}

/** Agents in the order of their addresses, next to one or from an end: all, or the endpoints of Agent Gateways. */
export function shelvedAgents(
  { db }: Deps,
  shelf: AgentShelf,
  side: 'after' | 'before',
  jid: string | null,
  limit: number,
): Promise<ShelvedAgent[]> {
  return agentsBeside(db, shelf, side, jid, limit);
}
