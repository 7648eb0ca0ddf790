/** What people do to move a score: each adds its accounts, contracts and ratings to a market. */

import { type Party, partyOf } from '../../market/reputation/party.ts';
import { buyHonestly, type Market, type Provider, trade } from './reputation-market.ts';

export type Flood = {
  /** The address of the so-manieth account. */
  address: (at: number) => string;
  accounts: number;
  isPaid: boolean;
  score: 1 | 5;
  /** Over how long a time the ratings come, up to yesterday. */
  overDays?: number;
  /** Providers that each account bought from before, honestly and for a price (`patient`), or for nothing (`quick`). */
  before?: { manner: 'patient' | 'quick'; providers: Provider[] };
};

export const addresses = {
  oneDomain: (at: number) => `flood${at}@flood.example`,
  subdomains: (at: number) => `flood${at}@sub${at % 200}.flood.example`,
  /** A suffix of the public suffix list's private part: each name is a site, and none costs anything. */
  hostedNames: (at: number) => `flood${at}@name${at % 200}.duckdns.org`,
  /** Where honest clients are as well. */
  publicServers: (at: number) => `flood${at}@public${at % 10}.example`,
  registeredDomains: (at: number) => `flood${at}@flood${at % 200}.example`,
} as const;

export function flood(
  market: Market,
  subject: Party,
  { address, accounts, isPaid, score, before, overDays = 0 }: Flood,
): void {
  for (let at = 0; at < accounts; at++) {
    const client = partyOf(address(at));
    for (const provider of before?.providers ?? []) {
      if (before?.manner === 'patient') buyHonestly(market, client, provider);
      else market.deals.push({ client, provider: provider.party, isPaid: false });
    }
    trade(market, { client, provider: subject, score, isPaid, daysAgo: 1 + overDays * market.random() });
  }
}

/** Everybody buys from everybody at a price that nobody pays, ten times, and is delighted. */
export function ring(market: Market, agents: number, domains: number): Party[] {
  const members = Array.from({ length: agents }, (_, at) => partyOf(`ring${at}@ring${at % domains}.example`));
  for (const client of members)
    for (const provider of members)
      if (client !== provider)
        for (let round = 0; round < 10; round++)
          trade(market, { client, provider, score: 5, isPaid: true, daysAgo: 1 });
  return members;
}

/** Rings that take care not to look like one: who deals with whom, and who of these says so. */
export const shapes = {
  /** Two domains buy, three sell. */
  'buyers and sellers apart': (from: number, to: number) => (from < 2 && to >= 2 ? 'rates' : null),
  /** All deal with all, but of each only two other domains rate it. */
  'some silent': (from: number, to: number) => ((to - from + 5) % 5 <= 2 ? 'rates' : 'deals'),
  /** Each domain knows only its two neighbours. */
  circle: (from: number, to: number) => ([1, 4].includes((to - from + 5) % 5) ? 'rates' : null),
  /** One domain rates the first, the other three vouch for it. */
  'all for one': (from: number, to: number) => {
    if (to === 0) return from === 1 ? 'rates' : null;
    return from === 0 ? null : 'deals';
  },
} as const;

/** Returns the members whose domain is rated. */
export function carefulRing(market: Market, shape: (typeof shapes)[keyof typeof shapes]): Party[] {
  const members = Array.from({ length: 20 }, (_, at) => partyOf(`ring${at}@ring${at % 5}.example`));
  const rated = new Set<Party>();
  for (const [from, client] of members.entries())
    for (const [to, provider] of members.entries()) {
      if (from % 5 === to % 5) continue;
      const what = shape(from % 5, to % 5);
      if (what === 'rates') trade(market, { client, provider, score: 5, isPaid: true, daysAgo: 1 });
      if (what === 'rates') rated.add(provider);
      if (what === 'deals') market.deals.push({ client, provider, isPaid: true });
    }
  return [...rated];
}

/** Made-up agents on as many registered domains deal with each other as in a market; some of them rate the subject. */
export function madeUpMarket(market: Market, subject: Party, domains: number, raters: number): void {
  const members = Array.from({ length: domains }, (_, at) => partyOf(addresses.registeredDomains(at)));
  for (const client of members)
    for (let deal = 0; deal < 6; deal++) {
      const provider = members[Math.floor(domains * market.random())] as Party;
      market.deals.push({ client, provider, isPaid: true });
    }
  for (const client of members.slice(0, raters))
    trade(market, { client, provider: subject, score: 1, isPaid: true, daysAgo: 1 });
}
