/** "With these inputs, whom can I call?": listings that could be called now, then those that lack one input. */

import { listingsById, matchCandidates } from '../db/match.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Given, type Match, matchInputs, matchLimits } from '../market/match.ts';
import { canonicalName } from '../market/query/names.ts';
import type { Deps } from './deps.ts';

export type Matched = Match & { record: ListingRecord };

export async function match(
  { db }: Deps,
  given: Given,
  limit: number,
): Promise<{ items: Matched[]; approximate: boolean }> {
  const names = [...new Set(Object.keys(given).map(canonicalName).filter(Boolean))].slice(
    0,
    matchLimits.namesMax,
  );
  const { candidates, isCut } = await matchCandidates(db, names);
  const chosen = candidates
    .map(({ id, inputs }) => ({ id, ...matchInputs(inputs, given) }))
    .filter((match) => match.missing.length <= 1 && places(match) > 0)
    // The more of what is given finds its place, the better it fits.
    .sort((a, b) => a.missing.length - b.missing.length || places(b) - places(a))
    .slice(0, limit);
  const records = await listingsById(
    db,
    chosen.map(({ id }) => id),
  );
  const byId = new Map(records.map((record) => [record.listing.id, record]));
  const items = chosen.flatMap(({ id, mapping, missing }) => {
    const record = byId.get(id);
    return record ? [{ record, mapping, missing }] : [];
  });
  return { items, approximate: isCut };
}

function places({ mapping }: Match): number {
  return Object.keys(mapping).length;
}
