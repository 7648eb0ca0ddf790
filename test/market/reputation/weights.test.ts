import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dealingsOf } from '../../../market/reputation/dealings.ts';
import { reputationLimits as limits } from '../../../market/reputation/limits.ts';
import { type Party, partyOf } from '../../../market/reputation/party.ts';
import type { Deal, Rating } from '../../../market/reputation/rating.ts';
import { sumOf, weigh } from '../../../market/reputation/weights.ts';
import { anyDeals, anyParty, anyRatings, daysAgo, known, now, rating, subject } from './samples.ts';

const weighed = (ratings: Rating[], deals: Deal[] = []) => weigh(ratings, dealingsOf(deals), now);
const total = (ratings: Rating[], deals: Deal[] = []) => sumOf(weighed(ratings, deals));
const weightOf = (one: Rating, ratings: Rating[], deals: Deal[] = []) =>
  weighed(ratings, deals).find(({ rating: { contract } }) => contract === one.contract)?.weight;

const siteMost = limits.raterRatingsMax * limits.siteRatersMax * (1 + limits.newcomerPaidWeight);
const crowd = (count: number, address: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => partyOf(address(at)));

describe('the weight of a rating', () => {
  test('is between 0 and 1, and is what is known and unknown of its rater', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, (ratings, deals) => {
        for (const { weight, known, unknown } of weighed(ratings, deals)) {
          expect(known).toBeGreaterThanOrEqual(0);
          expect(unknown).toBeGreaterThanOrEqual(0);
          expect(weight).toBe(known + unknown);
          expect(weight).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('does not depend on what any rating says', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, (ratings, deals) => {
        const weights = (all: Rating[]) => weighed(all, deals).map(({ weight }) => weight);
        expect(weights(ratings.map((one) => ({ ...one, score: 1, aspects: {} })))).toEqual(weights(ratings));
      }),
    );
  });

  test('is bounded for all of one site, and for all sites of one hosting domain', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, (ratings, deals) => {
        const all = weighed(ratings, deals);
        for (const [, site] of Map.groupBy(all, (one) => one.rating.rater.site))
          expect(sumOf(site)).toBeLessThan(siteMost);
        for (const [, host] of Map.groupBy(all, (one) => one.rating.rater.host))
          expect(sumOf(host)).toBeLessThan(siteMost * limits.hostSitesMax);
      }),
    );
  });

  test.each([
    ['on one domain', (at: number) => `a${at}@site.example`],
    ['on subdomains of one domain', (at: number) => `a@sub${at}.site.example`],
  ])('of 500 well known accounts %s stays below that of two', (_where, address) => {
    const raters = crowd(500, address);
    const deals = raters.slice(0, 40).flatMap((rater) => known(rater));
    const ratings = raters.map((rater) => rating(rater, 1));
    expect(total(ratings, deals)).toBeLessThan(siteMost);
  });

  test('of 50 well known accounts on names of one hosting domain stays below that of a few', () => {
    const raters = crowd(50, (at) => `a@name${at}.duckdns.org`);
    const ratings = raters.map((rater) => rating(rater, 1));
    expect(
      total(
        ratings,
        raters.flatMap((rater) => known(rater)),
      ),
    ).toBeLessThan(siteMost * limits.hostSitesMax);
  });

  test('is the same, to the last digit, in whatever order many dealings are read', () => {
    const rater = partyOf('client@own.example');
    const ratings = [rating(rater, 1), rating('other@far.example', 2)];
    // Little is known of the rater, so that no digit is lost to what is certain.
    const uneven = crowd(12, (at) => `shop@shop${at}.example`).flatMap((provider, at) => [
      { client: rater, provider, isPaid: false },
      ...crowd(at, (of) => `a@far${of}.example`).map((client, of) => ({
        client,
        provider,
        isPaid: of % 3 === 0,
      })),
    ]);
    const expected = weighed(ratings, uneven);
    fc.assert(
      fc.property(fc.shuffledSubarray(uneven, { minLength: uneven.length }), (shuffled) => {
        expect(weighed(ratings, shuffled)).toEqual(expected);
      }),
    );
  });

  test('of newcomers stays below its bound on however many domains', () => {
    const ratings = crowd(500, (at) => `a@site${at}.example`).map((rater) => rating(rater, 5));
    expect(total(ratings)).toBeLessThan(limits.newcomersWeightMax);
  });

  test('of newcomers is less where more is known from others', () => {
    const newcomers = crowd(50, (at) => `a@new${at}.example`).map((rater) => rating(rater, 5));
    const others = crowd(20, (at) => `a@old${at}.example`);
    const deals = others.flatMap((rater) => known(rater));
    const all = [...newcomers, ...others.map((rater) => rating(rater, 2))];
    expect(total(all, deals) - total(all.slice(50), deals)).toBeLessThan(total(newcomers) / 5);
  });

  test('is nothing between addresses of one account', () => {
    const alias = partyOf('other@elsewhere.example', { account: 'agent@subject.example' });
    expect(weighed([rating(alias, 5), rating(subject, 5)])).toEqual([]);
  });

  test('is nothing between addresses of one component, however the directory came to know', () => {
    const component = 'bots.host.example';
    const agent = partyOf('agent@bots.host.example', { component });
    const pairs: [Party, Party][] = [
      [partyOf('friend@bots.host.example', { component }), agent],
      [partyOf('bots.host.example'), agent],
      [partyOf('bots.host.example'), partyOf('agent@bots.host.example')],
      [partyOf('agent@bots.host.example'), partyOf('bots.host.example')],
    ];
    for (const [rater, of] of pairs) expect(weighed([rating(rater, 5, { subject: of })])).toEqual([]);
  });

  test('takes nothing from others where it is nothing itself', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, fc.constantFrom('', 'account'), (ratings, deals, how) => {
        const own = how ? partyOf('alias@far.example', { account: subject.owner }) : subject;
        const more = Array.from({ length: 5 }, () => rating(own, 5, { contract: 'own' }));
        expect(weighed([...more, ...ratings], deals)).toEqual(weighed(ratings, deals));
      }),
    );
  });

  test('is less for an unrelated rater on the subject’s own site', () => {
    const near = rating('client@subject.example', 5);
    const far = rating('client@far.example', 5);
    expect(weightOf(near, [near]) ?? 1).toBeLessThan(weightOf(far, [far]) ?? 0);
  });

  test('is less the more the same rater has given, yet more in all', () => {
    const rater = partyOf('client@own.example');
    const deals = known(rater);
    const all = Array.from({ length: 10 }, () => rating(rater, 5));
    const [first = rating(rater, 5)] = all;
    const totals = [1, 2, 3, 10].map((count) => total(all.slice(0, count), deals));
    const firsts = [1, 2, 3, 10].map((count) => weightOf(first, all.slice(0, count), deals) ?? 0);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
    expect(firsts).toEqual(firsts.toSorted((a, b) => b - a));
    expect(totals.at(-1)).toBeLessThan(limits.raterRatingsMax);
  });

  test('is less the more others of the same site have given, yet only little for unknown ones', () => {
    const rater = partyOf('client@public.example');
    const mine = rating(rater, 2);
    const others = crowd(1_000, (at) => `other${at}@public.example`);
    const beside = (count: number, deals: Deal[]) =>
      weightOf(mine, [mine, ...others.slice(0, count).map((one) => rating(one, 5))], deals) ?? 0;
    const alone = beside(0, known(rater));
    const knownOther = [...known(rater), ...known(others[0] ?? rater)];
    expect(beside(1, knownOther)).toBeLessThan(alone * 0.7);
    expect(beside(1_000, known(rater))).toBeGreaterThan(alone * 0.8);
  });

  test('is more the more unrelated counterparties the rater has had', () => {
    const rater = partyOf('client@own.example');
    const mine = rating(rater, 5);
    const weights = [0, 1, 2, 4, 8].map((shops) => weightOf(mine, [mine], known(rater, shops)) ?? 0);
    for (const [at, weight] of weights.entries())
      if (at > 0) expect(weight).toBeGreaterThan(weights[at - 1] ?? 1);
    expect(weights.at(-1)).toBeGreaterThan(0.95);
  });

  test('is little for a free call until the rater is known, and as much as any from then on', () => {
    const rater = partyOf('client@own.example');
    const free = rating(rater, 5, { isPaid: false });
    const paid = rating(rater, 5);
    expect(weightOf(free, [free]) ?? 1).toBeLessThan((weightOf(paid, [paid]) ?? 0) / 3);
    const deals = known(rater, 8);
    expect(weightOf(free, [free], deals)).toBeCloseTo(weightOf(paid, [paid], deals) ?? 0, 1);
  });

  test('grows little with free calls to others', () => {
    const rater = partyOf('client@own.example');
    const mine = rating(rater, 5);
    const free = known(rater, 2).map((deal) => (deal.client === rater ? { ...deal, isPaid: false } : deal));
    expect(weightOf(mine, [mine], free) ?? 1).toBeLessThan(
      (weightOf(mine, [mine], known(rater, 2)) ?? 0) / 2,
    );
  });

  test('halves with each half-life', () => {
    const rater = partyOf('client@own.example');
    const at = (days: number) => {
      const one = rating(rater, 5, { at: daysAgo(days) });
      return weighed([one], known(rater, 40, 40))[0]?.weight ?? 0;
    };
    expect(at(limits.halfLifeDays) / at(0)).toBeCloseTo(0.5, 2);
    expect(at(3 * limits.halfLifeDays) / at(0)).toBeCloseTo(0.125, 2);
    expect(at(-5)).toBe(at(0));
  });
});

describe('a rater’s standing', () => {
  const rater = partyOf('client@own.example');
  const knownOf = (ratings: Rating[], deals: Deal[]) =>
    weighed(ratings, deals).find((one) => one.rating.rater === rater)?.known ?? Number.NaN;

  test('is nothing by a counterparty that deals with the subject and the rater alone', () => {
    const shop = partyOf('shop@shop.example');
    const others = crowd(30, (at) => `a@far${at}.example`);
    const deals = [rater, subject].map((client) => ({ client, provider: shop, isPaid: true }));
    const busy = others.map((client) => ({ client, provider: subject, isPaid: true }));
    expect(knownOf([rating(rater, 5)], [...deals, ...busy])).toBe(0);
  });

  test('holds where everybody is on a few servers, somebody on each of which has rated', () => {
    const shops = crowd(30, (at) => `shop@shop${at}.example`);
    const clients = [rater, ...crowd(40, (at) => `client${at}@public${at % 5}.example`)];
    const deals = clients.flatMap((client, at) =>
      shops.filter((_, of) => (at + of) % 5 === 0).map((provider) => ({ client, provider, isPaid: true })),
    );
    const ratings = clients.slice(0, 12).map((one) => rating(one, 5));
    expect(knownOf(ratings, deals)).toBeGreaterThan(0.3);
  });
});

describe('a ring', () => {
  const member = (at: number) => partyOf(`ring${at}@ring${at % 5}.example`);
  const members = Array.from({ length: 20 }, (_, at) => member(at));
  const first = members[0] ?? subject;
  const others = members.filter(({ host }) => host !== first.host);

  test('that only deals with itself weighs as newcomers do', () => {
    const deals = members.flatMap((client) =>
      members.map((provider) => ({ client, provider, isPaid: true })),
    );
    const ratings = others.map((rater) => rating(rater, 5, { subject: first }));
    expect(weighed(ratings, deals).every(({ known }) => known === 0)).toBe(true);
    expect(total(ratings, deals)).toBeLessThan(limits.newcomersWeightMax);
  });

  test('of buyers and sellers apart weighs less than one rater who is known', () => {
    const isBuyer = ({ host }: Party) => host === 'ring1.example' || host === 'ring2.example';
    const [buyers, sellers] = [members.filter(isBuyer), members.filter((one) => !isBuyer(one))];
    const deals = buyers.flatMap((client) => sellers.map((provider) => ({ client, provider, isPaid: true })));
    const ratings = buyers.map((rater) => rating(rater, 5, { subject: first }));
    expect(total(ratings, deals)).toBeLessThan(1);
  });

  test('gains less the more of its members lend their standing from the same few hosts', () => {
    const each = (count: number) => {
      const raters = crowd(count, (at) => `a@site${at}.example`);
      const [lender = subject] = raters;
      const shops = known(lender);
      const providers = shops.filter(({ client }) => client === lender).map(({ provider }) => provider);
      const deals = raters.flatMap((client) =>
        providers.map((provider) => ({ client, provider, isPaid: true })),
      );
      return (
        total(
          raters.map((rater) => rating(rater, 5)),
          [...shops, ...deals],
        ) / count
      );
    };
    expect(each(100)).toBeLessThan(each(3) / 5);
  });

  test('is no larger for any one’s dealings with itself', () => {
    fc.assert(
      fc.property(anyRatings, anyDeals, anyParty, (ratings, deals, one) => {
        const more = [...deals, { client: one, provider: one, isPaid: true }];
        expect(weighed(ratings, more)).toEqual(weighed(ratings, deals));
      }),
    );
  });
});
