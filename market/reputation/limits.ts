/** The constants of the rating mathematics. A weight of 1 is one rater whose dealings are known through and through. */

export const reputationLimits = {
  /** A rating weighs half as much after this time. */
  halfLifeDays: 180,
  /** What is believed before anybody has rated, as a weight spread evenly over the scale. */
  priorWeight: 2,
  /** Half the interval in standard deviations: at least 90 of 100 such intervals hold the truth. */
  intervalDeviations: 1.645,

  /** What a rater weighs of whom nothing else is known, by whether the contract had a price. */
  newcomerPaidWeight: 0.15,
  newcomerFreeWeight: 0.03,
  /** All that such raters together weigh on one subject stays below this. */
  newcomersWeightMax: 0.4,
  /** What is left of the weight where rater and subject share their registrable domain, and nothing closer. */
  ownSiteShare: 0.25,

  /** However often one rater rates one subject, its weight stays below this many ratings. */
  raterRatingsMax: 1.2,
  /** However many raters one registrable domain has, below this many raters. */
  siteRatersMax: 1.15,
  /** However many sites one hosting domain has (`NAME.hosting.example`), below this many sites. */
  hostSitesMax: 2,

  /** The standing at which a rater has half of the full weight, in dealings with hosts that are well connected themselves. */
  standingHalf: 0.5,
  /** What a dealing without a price counts, of one that had a price. */
  freeDealingShare: 0.1,
  /** Who is inside of the cluster counts half as somebody dealt with when it has dealt with this many other hosts outside. */
  insideHalf: 12,
  /** A counterparty vouches by half of its full measure when it has dealt with this many hosts outside of the cluster. */
  outsideHalf: 4,
  /** However many raters of one subject a host has dealt with, it vouches for less than this many. */
  vouchedRatersMax: 5,
} as const;

export const dayMs = 86_400_000;
