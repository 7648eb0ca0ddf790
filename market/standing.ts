/**
 * What orders listings where a query does not: how completely each is described, less what the crowd takes off that one
 * owner brings. The more a site has listed already, the lower its next listing stands, so that a word put on ten
 * thousand listings does not hide the ten that mean it.
 */
export const crowdLimits = {
  /** Listings of one site that are counted. */
  countedMax: 4_096,
  /** The count at which the first share is taken off; every doubling beyond takes off about as much again. */
  unit: 32,
  share: 20,
} as const;
