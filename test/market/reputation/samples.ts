/** Parties, ratings and dealings for tests, as plain as they can be and as drawn by fast-check. */

import fc from 'fast-check';
import { dayMs } from '../../../market/reputation/limits.ts';
import { type Party, partyOf } from '../../../market/reputation/party.ts';
import type { Deal, Rating } from '../../../market/reputation/rating.ts';

export const now = new Date(Date.UTC(2026, 10, 20));
export const subject = partyOf('agent@subject.example');

export function daysAgo(days: number): Date {
  return new Date(now.getTime() - days * dayMs);
}

let contracts = 0;

export function rating(rater: string | Party, score: number, more: Partial<Rating> = {}): Rating {
  return {
    contract: String(contracts++).padStart(8, '0'),
    by: 'client',
    rater: typeof rater === 'string' ? partyOf(rater) : rater,
    subject,
    isPaid: true,
    score,
    aspects: {},
    at: now,
    ...more,
  };
}

/** Dealings that make a rater known, shared with no other: `shops` hosts, each with `others` more clients. */
export function known(rater: Party, shops = 4, others = 4): Deal[] {
  const name = rater.owner.replace(/[^a-z0-9]/g, '-');
  return Array.from({ length: shops }, (_, at) => partyOf(`shop@${name}-shop${at}.example`)).flatMap(
    (provider) => [
      { client: rater, provider, isPaid: true },
      ...Array.from({ length: others }, (_, of) => ({
        client: partyOf(`other@${name}-other${of}.example`),
        provider,
        isPaid: true,
      })),
    ],
  );
}

/** Few domains, so that raters, subject and those they deal with get in each other's way. */
const domains = [
  'subject.example',
  'a.example',
  'b.a.example',
  'c.example',
  'x.duckdns.org',
  'y.duckdns.org',
];

export const anyParty: fc.Arbitrary<Party> = fc
  .tuple(
    fc.constantFrom('', 'one@', 'two@', 'three@'),
    fc.oneof(
      fc.constantFrom(...domains),
      fc.integer({ min: 0, max: 20 }).map((at) => `d${at}.example`),
    ),
    fc.constantFrom(null, null, null, 'account@c.example'),
  )
  .map(([local, domain, account]) => partyOf(`${local}${domain}`, { account }));

export const anyDeal: fc.Arbitrary<Deal> = fc.record({
  client: anyParty,
  provider: anyParty,
  isPaid: fc.boolean(),
});

const aspect = fc.constantFrom(undefined, true, false);

const anyAspects = fc
  .record({ correct: aspect, onTime: aspect, asDescribed: aspect })
  .map((said) => Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)));

export const anyRatings: fc.Arbitrary<Rating[]> = fc
  .array(
    fc.record({
      rater: anyParty,
      score: fc.integer({ min: 1, max: 5 }),
      isPaid: fc.boolean(),
      aspects: anyAspects,
      at: fc.integer({ min: -3, max: 2_000 }).map(daysAgo),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map((one, at) => ({ ...one, subject, by: 'client' as const, contract: String(at).padStart(8, '0') })),
  );

export const anyDeals = fc.array(anyDeal, { maxLength: 60 });
