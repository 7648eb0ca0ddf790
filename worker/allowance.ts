/** How much one address, and one registrable domain, may ask in a while: a bucket each that fills up again steadily. */

import { siteOf } from '../market/site.ts';
import { bareJid, type Jid } from '../protocol/jid.ts';
import { Recent } from './recent.ts';

export const allowanceLimits = {
  /** What may be asked at once is what may be asked in so many seconds. */
  burstSeconds: 30,
  /** Of how many addresses, and of how many domains, it is known what they asked. */
  keysMax: 10_000,
  /** What needs no reading of the index counts as this part of a question. */
  cheapCost: 0.1,
} as const;

/** Questions a minute; 0 sets no limit. */
export type Rates = { perJid: number; perSite: number };

export const ratesDefault: Rates = { perJid: 1_200, perSite: 12_000 };

/** Whose bucket is empty, and in how many seconds it is worth trying again. */
export type Excess = { of: 'address' | 'domain'; key: string; seconds: number };

type Bucket = { level: number; atMs: number };

export class Allowance {
  #jids: Recent<Bucket>;
  #sites: Recent<Bucket>;
  #rates: Rates;
  #now: () => number;

  constructor(rates: Rates = ratesDefault, now: () => number = Date.now) {
    this.#rates = rates;
    this.#now = now;
    // A bucket that was left alone for so long is full: what is known of it is nothing.
    const fullMs = allowanceLimits.burstSeconds * 1_000;
    this.#jids = new Recent(allowanceLimits.keysMax, fullMs, now);
    this.#sites = new Recent(allowanceLimits.keysMax, fullMs, now);
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#jids.size + this.#sites.size;
  }

  /** Takes the cost from both buckets; where one has too little, from neither. */
  take(asker: Jid, cost = 1): Excess | null {
    const { perJid, perSite } = this.#rates;
    const jid = bareJid(asker);
    const site = siteOf(asker.domain);
    const own = this.#level(this.#jids, jid, perJid);
    const shared = this.#level(this.#sites, site, perSite);
    if (own < cost) return { of: 'address', key: jid, seconds: secondsUntil(cost - own, perJid) };
    if (shared < cost)
      return { of: 'domain', key: `*.${site}`, seconds: secondsUntil(cost - shared, perSite) };
    const atMs = this.#now();
    if (perJid > 0) this.#jids.set(jid, { level: own - cost, atMs });
    if (perSite > 0) this.#sites.set(site, { level: shared - cost, atMs });
    return null;
  }

  #level(buckets: Recent<Bucket>, key: string, perMinute: number): number {
    if (perMinute === 0) return Number.POSITIVE_INFINITY;
    const full = (perMinute * allowanceLimits.burstSeconds) / 60;
    const bucket = buckets.get(key);
    if (!bucket) return full;
    return Math.min(full, bucket.level + ((this.#now() - bucket.atMs) * perMinute) / 60_000);
  }
}

function secondsUntil(missing: number, perMinute: number): number {
  return Math.max(1, Math.ceil((missing * 60) / perMinute));
}

/** The refusal in words. */
export function excessText({ of, seconds }: Excess): string {
  const whose = of === 'address' ? 'your address' : 'your domain';
  return `Too many questions from ${whose}; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}
