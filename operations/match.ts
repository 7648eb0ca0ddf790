/** "With these inputs, whom can I call?": listings that could be called now, then those that lack one input. */

import { matchCandidates, matchCandidatesMax } from '../db/match.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Given, type Match, matchInputs } from '../market/match.ts';
import { canonicalName } from '../market/query/names.ts';
import type { Deps } from './deps.ts';

export type Matched = Match & { record: ListingRecord };

export async function match(
  { db }: Deps,
  given: Given,
  limit: number,
): Promise<{ items: Matched[]; approximate: boolean }> {
  const names = [...new Set(Object.keys(given).map(canonicalName).filter(Boolean))];
  const candidates = await matchCandidates(db, names);
  const matched = candidates
    .map((record) => ({ record, ...matchInputs(record.listing.inputs, given) }))
    .filter(({ mapping, missing }) => missing.length <= 1 && Object.keys(mapping).length > 0);
  // The more of what is given finds its place, the better it fits.
  matched.sort((a, b) => a.missing.length - b.missing.length || places(b) - places(a));
  return { items: matched.slice(0, limit), approximate: candidates.length >= matchCandidatesMax };
}

function places({ mapping }: Match): number {
  return Object.keys(mapping).length;
}
