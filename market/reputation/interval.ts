/** From weighed opinions to what may be believed: a mean, and the interval in which the truth probably is. */

import { reputationLimits as limits } from './limits.ts';

/** Shares of the scale, 0 to 1; `low <= mean <= high`. */
export type Belief = { mean: number; low: number; high: number };

/**
 * A Bayesian mean: an opinion at `share` of the scale counts as that much of a success and the rest of a failure, each
 * by its weight, added to an even prior (A. Jøsang and R. Ismail, "The Beta Reputation System", 2002; more than two
 * outcomes as in A. Jøsang and J. Haller, "Dirichlet Reputation Systems", ARES 2007).
 *
 * The interval is the score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference"
 * (Journal of the American Statistical Association 22, 1927), of that mean and weight. It stays within the scale,
 * holds the mean, and both its ends rise with the mean: what is spread over the scale is taken to be as far apart as it could be,
 * and not as it happens to lie, so that a better rating never lowers the lower end.
 */
export function believe(opinions: { share: number; weight: number }[]): Belief {
  const prior: number = limits.priorWeight;
  const weight = opinions.reduce((sum, opinion) => sum + opinion.weight, prior);
  const good = opinions.reduce((sum, one) => sum + one.weight * one.share, prior / 2);
  const mean = good / weight;
  const z2 = limits.intervalDeviations ** 2 / weight;
  const middle = mean + z2 / 2;
  const reach = Math.sqrt(z2 * (mean * (1 - mean) + z2 / 4));
  return {
    mean,
    low: Math.max(0, (middle - reach) / (1 + z2)),
    high: Math.min(1, (middle + reach) / (1 + z2)),
  };
}
