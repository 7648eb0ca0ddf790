/** Subscriptions to a query, and to the news: their bounds. */

export const subscriptionLimits = {
  daysMin: 1,
  daysDefault: 7,
  daysMax: 30,
  /** Subscriptions of one bare JID, of all of a registrable domain, and of everybody. */
  perJidMax: 20,
  perSiteMax: 1_000,
  subscriptionsMax: 50_000,
  /** Distinct queries that name nothing by which they can be found, so that every change is held against each. */
  unanchoredMax: 200,
  /** Distinct queries that ask of columns, too, and so are asked again where the rest of them holds. */
  measuredMax: 2_000,
  /** Matches of one subscription that wait to be told; beyond, it is told once that there were more. */
  waitingMax: 100,
  /** The end is told this long before, or when half of a shorter lease is over. */
  warnHours: 24,
  /** So many messages that came back for good end it. */
  bouncesMax: 5,
  idBytes: 8,
} as const;

export const newsLimits = {
  subscribersMax: 1_000,
  perSiteMax: 50,
  /** A subscriber that is further behind skips the oldest: the numbers show it. */
  backlogMax: 1_000,
  bouncesMax: 5,
} as const;

/** A subscription as its owner sees it. */
export type SubscriptionRecord = {
  id: string;
  /** In its one form. */
  query: string;
  created: Date;
  until: Date;
  /** Matches that wait to be told. */
  waiting: number;
};
