/** A market made up by a fixed seed: providers of known quality, clients who say honestly what they found, and room for others. */

import { reputationOf } from '../../market/reputation/aggregate.ts';
import { dealingsOf } from '../../market/reputation/dealings.ts';
import { dayMs } from '../../market/reputation/limits.ts';
import { type Party, partyOf } from '../../market/reputation/party.ts';
import type { Deal, Rating } from '../../market/reputation/rating.ts';

export const now = new Date(Date.UTC(2026, 0, 1));

export type Market = { deals: Deal[]; ratings: Rating[]; random: () => number };

/** @property truth the quality that an honest client finds on average, 1 to 5 */
export type Provider = { party: Party; truth: number };

export type Trade = { client: Party; provider: Party; score: number; isPaid: boolean; daysAgo: number };

/** A contract that came to a good end, and what the client said of it. */
export function trade(market: Market, { client, provider, score, isPaid, daysAgo }: Trade): void {
  market.deals.push({ client, provider, isPaid });
  market.ratings.push({
    contract: String(market.ratings.length).padStart(8, '0'),
    by: 'client',
    rater: client,
    subject: provider,
    isPaid,
    score,
    aspects: {},
    at: new Date(now.getTime() - daysAgo * dayMs),
  });
}

/** What a client says who found what there was to find, give or take a star. */
export function honest(truth: number, random: () => number): number {
  const noise = random() + random() + random() - 1.5;
  return Math.min(5, Math.max(1, Math.round(truth + 1.6 * noise)));
}

/** @property servers how many public servers the clients share; where it is not said, most have a domain of their own */
export type Size = { providers: number; clients: number; servers?: number };

/** Each client deals with a few providers, some much sought after; most contracts have a price. */
export function honestMarket(
  random: () => number,
  size: Size,
): Market & { providers: Provider[]; clients: Party[] } {
  const market: Market = { deals: [], ratings: [], random };
  const providers = Array.from({ length: size.providers }, (_, at) => ({
    party: partyOf(`agent@provider${at}.example`),
    truth: 1.5 + 3.3 * random(),
  }));
  const clients = Array.from({ length: size.clients }, (_, at) => partyOf(clientAddress(at, size)));
  for (const client of clients) {
    const some = 3 + Math.floor(6 * random());
    const chosen = new Set(Array.from({ length: some }, () => Math.floor(size.providers * random() ** 2)));
    for (const at of chosen) buyHonestly(market, client, providers[at] as Provider);
  }
  return { ...market, providers, clients };
}

/** Every fifth is on one of four public servers, the others each on a domain of its own. */
function clientAddress(at: number, { servers }: Size): string {
  if (servers) return `client${at}@public${at % servers}.example`;
  return at % 5 === 0 ? `client${at}@public${(at / 5) % 4}.example` : `client@own${at}.example`;
}

export function buyHonestly(market: Market, client: Party, { party, truth }: Provider): void {
  const { random } = market;
  const [isPaid, daysAgo] = [random() < 0.7, Math.floor(random() * 300)];
  trade(market, { client, provider: party, score: honest(truth, random), isPaid, daysAgo });
}

/** What each way of counting shows of a provider; null where it shows nothing. */
export type Shown = { ours: number; low: number; high: number; plain: number; counted: number };

export function shown({ deals, ratings }: Market, subject: Party): Shown | null {
  const given = ratings.filter((rating) => rating.subject.jid === subject.jid);
  const reputation = reputationOf(given, dealingsOf(deals), now);
  if (!reputation) return null;
  const sum = given.reduce((total, { score }) => total + score, 0);
  // As the directory's prior, at the weight of two ratings.
  const counted = (sum + 2 * 3) / (given.length + 2);
  const { score, low, high } = reputation;
  return { ours: score, low, high, plain: sum / given.length, counted };
}
