/**
 * A rater's standing towards one subject: with how many hosts it has dealt that have to do with neither of the two, and
 * whose agents there have dealt with others as well.
 *
 * The *cluster* is the subject's host and those of all that it has dealt with, its raters among them. Nobody in it vouches for a rater, and who is outside
 * vouches by how many hosts it has dealt with that are outside too. Members of a ring have dealt with each other alone,
 * so that all who could vouch for one are inside, or know nobody who is not. However many raters of the subject those of a
 * host have dealt with, what they vouch for is bounded, and the raters share it: a few vouchers cannot lift a crowd.
 *
 * Where many people share a few servers, some rater is on each of them. So who is inside still counts a little as somebody
 * that a voucher has dealt with, by how many hosts outside it has dealt with itself.
 *
 * That a made-up crowd gets no further than what ties it to the rest is the idea of flow-based reputation: a measure that
 * looks alike from everywhere can be bought with made-up identities (A. Cheng and E. Friedman, "Sybilproof Reputation
 * Mechanisms", P2PECON 2005); where trust flows along edges, what a crowd gets is bounded by the edges that lead to it
 * (S. Kamvar, M. Schlosser, H. Garcia-Molina, "The EigenTrust Algorithm", WWW 2003; H. Yu and others, "SybilGuard", SIGCOMM
 * 2006). Here the subject is where one looks from, and three steps are walked instead of all, so that a change is felt
 * nearby alone and nobody has to be trusted beforehand. It is no proof against whoever owns a market's worth of domains.
 */

import { type Counterparty, type Dealings, strongestByHost } from './dealings.ts';
import { reputationLimits as limits } from './limits.ts';
import { areRelated, type Party } from './party.ts';
import { capacity } from './sharing.ts';

/** How well known each rater is, 0 (nothing is known) to below 1. */
export type Trust = (rater: Party) => number;

/** @param raters all who rated this subject */
export function trustTowards(subject: Party, raters: Party[], dealings: Dealings): Trust {
  const counted = raters.filter((rater) => !areRelated(rater, subject));
  const of = (owner: string) => dealings.get(owner)?.values() ?? [];
  const around = [subject, ...counted, ...of(subject.owner)];
  const cluster = new Set(around.map(({ host }) => host));
  const isOutside = ({ host }: { host: string }) => !cluster.has(host);

  const outsideness = remembered((owner) => {
    const outside = [...of(owner)].filter(isOutside);
    // One of them is the voucher that asks.
    const others = Math.max(0, sumOf(strongestByHost(outside, strength)) - 1);
    return others / (others + limits.insideHalf);
  });
  const countsOutside = (one: Counterparty) => {
    if (one.host === subject.host) return 0;
    return strength(one) * (isOutside(one) ? 1 : outsideness(one.owner));
  };
  const voucher = remembered((owner) => {
    const outside = sumOf(strongestByHost(of(owner), countsOutside));
    return outside / (outside + limits.outsideHalf);
  });

  const vouchedFor = raterHosts(counted, dealings);
  const trust = remembered((owner) => {
    const vouchers = strongestByHost(
      [...of(owner)].filter(isOutside),
      (one) => strength(one) * voucher(one.owner),
    );
    for (const [host, measure] of vouchers) {
      const sharing = vouchedFor.get(host)?.size ?? 1;
      vouchers.set(host, (measure * capacity(sharing, limits.vouchedRatersMax)) / sharing);
    }
    return trustOf(sumOf(vouchers));
  });
  return ({ owner }) => trust(owner);
}

/** For each host that raters have dealt with, the hosts of these raters. */
function raterHosts(raters: Party[], dealings: Dealings): Map<string, Set<string>> {
  const hosts = new Map<string, Set<string>>();
  for (const rater of raters)
    for (const { host } of dealings.get(rater.owner)?.values() ?? [])
      hosts.set(host, (hosts.get(host) ?? new Set()).add(rater.host));
  return hosts;
}

/** By its square, so that a standing that is spread over a crowd is worth less than the same in one hand. */
function trustOf(standing: number): number {
  return standing ** 2 / (standing ** 2 + limits.standingHalf ** 2);
}

function strength({ isPaid }: Counterparty): number {
  return isPaid ? 1 : limits.freeDealingShare;
}

/** In the order of the keys: sums of fractions come out the same only in the same order. */
function sumOf(byHost: Map<string, number>): number {
  return [...byHost].sort(([a], [b]) => (a < b ? -1 : 1)).reduce((sum, [, value]) => sum + value, 0);
}

function remembered(measure: (owner: string) => number): (owner: string) => number {
  const known = new Map<string, number>();
  return (owner) => {
    const found = known.get(owner) ?? measure(owner);
    known.set(owner, found);
    return found;
  };
}
