/** "With these inputs, whom can I call?": listings that could be called now, then those that lack one input. */

import { listingsById, type MatchCandidate, matchCandidates, matchCandidatesMax } from '../db/match.ts';
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
  const filled = await matchCandidates(db, names, 'fills');
  const complete = fitting(filled, given, 0);
  const isEnough = complete.length >= limit;
  const lacking = isEnough ? [] : await matchCandidates(db, names, 'lacks');
  const chosen = [...complete, ...fitting(lacking, given, 1)].slice(0, limit);
  const records = new Map(
    (
      await listingsById(
        db,
        chosen.map(({ id }) => id),
      )
    ).map((record) => [record.listing.id, record]),
  );
  const items = chosen.flatMap(({ id, mapping, missing }) => {
    const record = records.get(id);
    return record ? [{ record, mapping, missing }] : [];
  });
  const isCut = [filled, lacking].some(({ length }) => length >= matchCandidatesMax);
  return { items, approximate: isCut };
}

/** Those that lack exactly so many, the more of what is given finds its place first. */
function fitting(candidates: MatchCandidate[], given: Given, missing: number): (Match & { id: string })[] {
  return candidates
    .map(({ id, inputs }) => ({ id, ...matchInputs(inputs, given) }))
    .filter((match) => match.missing.length === missing && places(match) > 0)
    .sort((a, b) => places(b) - places(a));
}

function places({ mapping }: Match): number {
  return Object.keys(mapping).length;
}
