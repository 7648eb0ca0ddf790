/** Whom a call for proposals asks: each provider once, for the best of its listings, and only who lets itself be asked. */

import { type AskableWords, askableWords, listingsByIds } from '../../db/askable.ts';
import { directoryAddress } from '../../db/directory.ts';
import { noFacts } from '../../market/facts.ts';
import type { ListingRecord } from '../../market/listing.ts';
import { ID_PATTERN, idCharsMax } from '../../market/listing-id.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { sortDefault } from '../../market/query/sort.ts';
import { isDirectorys, statedRelay } from '../../market/relay.ts';
import { isAskable } from '../../market/request/askable.ts';
import { requestLimits } from '../../market/request/limits.ts';
import type { AskedProvider } from '../../market/request/request.ts';
import { siteOf } from '../../market/site.ts';
import { versionOf } from '../../market/version.ts';
import type { Caller, Deps } from '../deps.ts';
import { pageSizeMax, search } from '../search.ts';

export const providersLimits = {
  /** Pages of a search that are gone through, and providers that are looked up together. */
  pagesMax: 3,
  togetherMax: 20,
} as const;

/** What the providers are found by: a query, or the ids of their listings. */
export type Wanted = { query: Query; listings: null } | { query: null; listings: string[] };

/** At most so many, the best first. */
export async function providersFor(
  deps: Deps,
  caller: Caller,
  wanted: Wanted,
  max: number,
): Promise<AskedProvider[] | Problem> {
  const directory = await directoryAddress(deps.db);
  const found = new Map<string, AskedProvider>();
  const seen = new Set<string>([caller.jid]);
  for await (const records of pagesOf(deps, wanted)) {
    if (isProblem(records)) return records;
    const fresh = records.filter(({ listing: { provider }, status }) => {
      if (status.stale || seen.has(provider.jid) || isDirectorys(provider.jid, directory)) return false;
      seen.add(provider.jid);
      return true;
    });
    for (let at = 0; at < fresh.length && found.size < max; at += providersLimits.togetherMax) {
      const some = fresh.slice(at, at + providersLimits.togetherMax);
      for (const one of await askable(deps, caller, some)) found.set(one.provider, one);
    }
    if (found.size >= max) break;
  }
  return [...found.values()].slice(0, max);
}

async function* pagesOf(deps: Deps, { query, listings }: Wanted): AsyncGenerator<ListingRecord[] | Problem> {
  if (listings) {
    const ids = listings.filter((id) => id.length <= idCharsMax && ID_PATTERN.test(id));
    const records = await listingsByIds(deps.db, ids);
    const order = new Map(listings.map((id, at) => [id, at]));
    const placeOf = ({ listing }: ListingRecord) => order.get(listing.id) ?? 0;
    yield records.sort((one, other) => placeOf(one) - placeOf(other));
    return;
  }
  let cursor: string | null = null;
  for (let page = 0; page < providersLimits.pagesMax; page++) {
    const result: Awaited<ReturnType<typeof search>> = await search(deps, {
      ...{ query, sort: sortDefault, limit: pageSizeMax, cursor },
    });
    if (isProblem(result)) {
      yield result;
      return;
    }
    // Nobody is asked for what only looks like what is meant, or lacks one of the words.
    if (result.mended) return;
    yield result.items.filter(({ why }) => !result.partial || why.words > 0).map(({ record }) => record);
    cursor = result.cursor;
    if (cursor === null || result.partial) return;
  }
}

async function askable(deps: Deps, caller: Caller, records: ListingRecord[]): Promise<AskedProvider[]> {
  const site = siteOf(caller.domain);
  const words = await wordsOf(
    deps,
    records.map(({ listing }) => listing.provider.jid),
    { client: caller.jid, site },
  );
  return records.flatMap(({ listing }) => {
    const { provider, node, id, name } = listing;
    const of = words.get(provider.jid);
    if (!of || !mayBeAsked(of, node) || isAskedTooOften(of)) return [];
    return [{ provider: provider.jid, listing: { id, version: versionOf(listing), name } }];
  });
}

async function wordsOf(
  { db }: Deps,
  jids: string[],
  of: { client: string; site: string },
): Promise<Map<string, AskableWords>> {
  const rows = await askableWords(db, jids, { ...of, hours: requestLimits.askedHours });
  return new Map(rows.map((row) => [row.jid, row]));
}

function mayBeAsked(
  { facts, published, registration, subscribed }: AskableWords,
  node: string | null,
): boolean {
  const stated = statedRelay({ ...noFacts, ...facts, published: published ?? [] }, node ?? '');
  return isAskable({ stated, registration, subscribed });
}

function isAskedTooOften({ asked, unansweredByClient, unansweredBySite }: AskableWords): boolean {
  const { askedPerProviderMax, unansweredPerPairMax, unansweredPerSiteMax } = requestLimits;
  return (
    asked >= askedPerProviderMax ||
    unansweredByClient >= unansweredPerPairMax ||
    unansweredBySite >= unansweredPerSiteMax
  );
}

/** True while the provider lets itself be asked: looked at again before each message that it has not answered. */
export async function stillAskable(deps: Deps, provider: string, listing: string): Promise<boolean> {
  const [words, [record]] = await Promise.all([
    wordsOf(deps, [provider], { client: '', site: '' }),
    listingsByIds(deps.db, [listing]),
  ]);
  const of = words.get(provider);
  return of !== undefined && mayBeAsked(of, record?.listing.node ?? null);
}
