/** The news: the change feed, told to those who subscribe to it, and read in pages as pubsub has them. */

import type { FeedChange } from '../db/changes.ts';
import { listingsById } from '../db/match.ts';
import {
  changesBeside,
  changesNumbered,
  newsAddressOf,
  subscribeToNews,
  unsubscribeFromNews,
} from '../db/news.ts';
import type { ListingRecord } from '../market/listing.ts';
import { type Problem, problem } from '../market/problem.ts';
import { siteOf } from '../market/site.ts';
import { newsLimits } from '../market/subscription.ts';
import type { Caller, Deps } from './deps.ts';

/** A change with its listing as it is; null where it is gone. */
export type NewsChange = { change: FeedChange; record: ListingRecord | null };

/** Changes after or before a number, in order; `from` null begins at that end of the feed. */
export async function readNewsPage(
  deps: Deps,
  side: 'after' | 'before',
  from: number | null,
  limit: number,
): Promise<NewsChange[]> {
  return withListings(deps, await changesBeside(deps.db, side, from, limit));
}

/** Single changes, as far as none came after them for the same listing. */
export async function readNewsItems(deps: Deps, seqs: number[]): Promise<NewsChange[]> {
  return seqs.length === 0 ? [] : withListings(deps, await changesNumbered(deps.db, seqs));
}

async function withListings({ db }: Deps, changes: FeedChange[]): Promise<NewsChange[]> {
  const ids = changes.flatMap(({ id, op }) => (op === 'put' ? id : []));
  const records = ids.length === 0 ? [] : await listingsById(db, ids);
  const byId = new Map(records.map((record) => [record.listing.id, record]));
  return changes.map((change) => ({ change, record: byId.get(change.id) ?? null }));
}

/** @param address where the caller wants to be told: its own address, with a resource or without */
export async function followNews({ db }: Deps, caller: Caller, address: string): Promise<Problem | null> {
  const site = siteOf(caller.domain);
  const done = await subscribeToNews(db, { jid: caller.jid, address, site });
  if (done) return null;
  const { subscribersMax, perSiteMax } = newsLimits;
  return problem(
    'limit-reached',
    `The news have at most ${subscribersMax} subscribers, ${perSiteMax} of one domain; the same is read from GET /v1/changes.`,
  );
}

/** True where the caller did follow them. */
export async function unfollowNews({ db }: Deps, { jid }: Caller): Promise<boolean> {
  return unsubscribeFromNews(db, jid);
}

/** The address at which the caller is told; null where it is not. */
export async function newsAddress({ db }: Deps, { jid }: Caller): Promise<string | null> {
  return newsAddressOf(db, jid);
}
