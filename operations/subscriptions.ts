/** Subscribing to a query: from then on each listing that comes to match it, or changes and matches, is told. */

import { randomBytes } from 'node:crypto';
import { makeQuery } from '../db/asked-queries.ts';
import {
  cancelSubscriptions,
  liveSubscriptions,
  renewSubscriptions,
  type SubscriptionOutcome,
  subscribe as subscribeInDatabase,
} from '../db/subscriptions.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import { formatQuery } from '../market/query/format.ts';
import { siteOf } from '../market/site.ts';
import { type SubscriptionRecord, subscriptionLimits } from '../market/subscription.ts';
import type { Caller, Deps } from './deps.ts';

export type Subscribed = {
  id: string;
  /** In its one form. */
  query: string;
  until: Date;
  /** False where the caller had the same query already, and it is renewed. */
  isNew: boolean;
};

/** @param days within `subscriptionLimits`, or brought into them */
export async function subscribe(
  { db }: Deps,
  caller: Caller,
  query: Query,
  days: number,
): Promise<Subscribed | Problem> {
  const made = await makeQuery(db, query);
  if (!made) {
    return problem(
      'invalid-query',
      'The query asks for nothing that could come to match; expected words or qualifiers. All changes are told by the news.',
    );
  }
  const outcome = await subscribeInDatabase(db, {
    id: randomBytes(subscriptionLimits.idBytes).toString('hex'),
    jid: caller.jid,
    site: siteOf(caller.domain),
    query: made,
    days: withinDays(days),
  });
  if (outcome.outcome === 'full') return problem('limit-reached', fullTexts[outcome.of]);
  const { id, until, isNew } = outcome;
  return { id, query: formatQuery(query), until, isNew };
}

const { perJidMax, perSiteMax, subscriptionsMax, unanchoredMax, measuredMax } = subscriptionLimits;

type Full = Extract<SubscriptionOutcome, { outcome: 'full' }>['of'];

const fullTexts: { [of in Full]: string } = {
  jid: `An address has at most ${perJidMax} subscriptions; expected one to be cancelled first.`,
  site: `The addresses of a domain have at most ${perSiteMax} subscriptions; expected one to be cancelled first.`,
  all: `The directory keeps at most ${subscriptionsMax} subscriptions; expected another time.`,
  unanchored: `The directory keeps at most ${unanchoredMax} queries that every change has to be held against; expected a word or a set such as tag:finance beside what must not be there, or beside a price, place or time.`,
  measured: `The directory keeps at most ${measuredMax} queries that ask for a price, place, time, presence or rating; expected words and sets such as tag:finance alone.`,
};

/** The caller's subscriptions whose lease runs. */
export async function ownSubscriptions({ db }: Deps, { jid }: Caller): Promise<SubscriptionRecord[]> {
  return liveSubscriptions(db, jid);
}

/** Has the caller's own subscriptions of these ids run for so many days from now; returns the ids of those that do. */
export async function renew({ db }: Deps, { jid }: Caller, ids: string[], days: number): Promise<string[]> {
  return renewSubscriptions(db, jid, ids, withinDays(days));
}

/** Ends the caller's own subscriptions of these ids; returns the ids of those that were there. */
export async function cancel({ db }: Deps, { jid }: Caller, ids: string[]): Promise<string[]> {
  return cancelSubscriptions(db, jid, ids);
}

function withinDays(days: number): number {
  const { daysMin, daysMax } = subscriptionLimits;
  return Math.min(Math.max(days, daysMin), daysMax);
}
