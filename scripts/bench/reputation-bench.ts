/** How far a score can be moved by those who try: the directory's beside a plain mean and a mean that heeds the count. */

import { reputationOf } from '../../market/reputation/aggregate.ts';
import { dealingsOf } from '../../market/reputation/dealings.ts';
import { type Party, partyOf } from '../../market/reputation/party.ts';
import { atLeast, atMost, type Bench, percentile, type Ratios } from './ratio.ts';
import {
  addresses,
  carefulRing,
  type Flood,
  flood,
  madeUpMarket,
  ring,
  shapes,
} from './reputation-attacks.ts';
import {
  buyHonestly,
  honest,
  honestMarket,
  now as marketNow,
  type Size,
  shown,
  trade,
} from './reputation-market.ts';
import {
  against,
  attacked,
  error,
  honestRaters,
  known,
  mean,
  moved,
  type Outcome,
  type Say,
  sayErrors,
  some,
  withSubject,
  worst,
} from './reputation-outcome.ts';
import { randomOf } from './sample-listings.ts';

const large: Size = { providers: 60, clients: 200 };
const small: Size = { providers: 10, clients: 40 };
/** Nobody but providers has a domain of its own. */
const shared: Size = { providers: 60, clients: 200, servers: 10 };

export const bench: Bench = async ({ full, say }) => {
  const seeds = Array.from({ length: full ? 25 : 5 }, (_, at) => at + 1);
  return {
    ...withoutAttack(seeds, say),
    ...floods(seeds, say),
    ...rings(seeds, say),
    ...slowAttackers(seeds, say),
    ...whitewashing(seeds, say),
    ...recomputing(say),
  };
};

function withoutAttack(seeds: number[], say: Say): Ratios {
  const all = seeds.flatMap((seed) => {
    const { subject, ...market } = withSubject(seed, large, 4.5);
    return [...market.providers, subject].flatMap(({ party, truth }) => {
      const now = shown(market, party);
      const count = market.ratings.filter((rating) => rating.subject.jid === party.jid).length;
      return now && count >= 10 ? [{ truth, before: now, after: now }] : [];
    });
  });
  const within = all.filter(({ truth, after }) => after.low <= truth && truth <= after.high).length;
  sayErrors(say, `no attack, ${all.length} providers with 10 ratings or more`, all);
  return {
    'no attack: mean error, in stars': atMost(mean(all.map(error('ours'))), 0.35),
    'no attack: share of intervals that hold the truth': atLeast(within / all.length, 0.9),
  };
}

function floods(seeds: number[], say: Say): Ratios {
  const ratios: Ratios = {};
  const kinds: [string, Omit<Flood, 'score'>, Size][] = [
    ['1,000 accounts on one domain', { address: addresses.oneDomain, accounts: 1_000, isPaid: false }, large],
    ['the same, for a price', { address: addresses.oneDomain, accounts: 1_000, isPaid: true }, large],
    ['the same over 200 subdomains', { address: addresses.subdomains, accounts: 1_000, isPaid: true }, large],
    [
      'over 200 names of a hosting domain',
      { address: addresses.hostedNames, accounts: 1_000, isPaid: true },
      large,
    ],
    [
      'over 200 registered domains',
      { address: addresses.registeredDomains, accounts: 1_000, isPaid: true },
      large,
    ],
    ['over public servers', { address: addresses.publicServers, accounts: 1_000, isPaid: true }, large],
    ['one domain, small market', { address: addresses.oneDomain, accounts: 1_000, isPaid: true }, small],
    [
      'over public servers, all clients there',
      { address: addresses.publicServers, accounts: 1_000, isPaid: true },
      shared,
    ],
    [
      'one domain, all clients on 10 servers',
      { address: addresses.oneDomain, accounts: 1_000, isPaid: true },
      shared,
    ],
    [
      '200 subdomains, all clients on 10 servers',
      { address: addresses.subdomains, accounts: 1_000, isPaid: true },
      shared,
    ],
    ['200 subdomains, small market', { address: addresses.subdomains, accounts: 1_000, isPaid: true }, small],
  ];
  for (const [name, kind, size] of kinds)
    for (const [deed, score, truth] of [
      ['praise', 5, 2.5],
      ['damn', 1, 4.5],
    ] as const) {
      const outcomes = seeds.map((seed) =>
        attacked(withSubject(seed, size, truth), (market, subject) =>
          flood(market, subject.party, { ...kind, score }),
        ),
      );
      sayErrors(say, `${name}, ${deed}`, outcomes);
      ratios[`${name}, ${deed}: moved, in stars`] = atMost(worst(outcomes.map(moved)), 0.1);
    }
  const one = seeds.map((seed) =>
    attacked(withSubject(seed, large, 4.5), (market, { party }) =>
      flood(market, party, { address: addresses.oneDomain, accounts: 1_000, isPaid: true, score: 1 }),
    ),
  );
  ratios['1,000 accounts damning: error against that of a plain mean'] = against('plain', one, 0.2);
  ratios['1,000 accounts damning: error against that of a count'] = against('counted', one, 0.2);
  return ratios;
}

/** Twenty agents that do bad work; once nobody else has tried them, once thirty honest clients have tried one. */
function rings(seeds: number[], say: Say): Ratios {
  const truth = 2;
  const alone = seeds.flatMap((seed) => {
    const market = honestMarket(randomOf(seed), large);
    return ring(market, 20, 5).map((party) => {
      const after = known(shown(market, party));
      return { truth, before: after, after };
    });
  });
  const ratios: Ratios = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const careful = seeds.flatMap((seed) => {
      const market = honestMarket(randomOf(seed), large);
      return carefulRing(market, shape).map((party) => {
        const after = known(shown(market, party));
        return { truth, before: after, after };
      });
    });
    sayErrors(say, `a ring of 20 on 5 domains, ${name}`, careful);
    const above = worst(careful.map(({ after }) => after.low - truth));
    ratios[`ring, ${name}: the lower end above the truth, in stars`] = atMost(above, 0);
  }
  const tried = seeds.map((seed) => {
    const market = honestMarket(randomOf(seed), large);
    const party = partyOf('ring0@ring0.example');
    for (const client of some(market, honestRaters)) buyHonestly(market, client, { party, truth });
    const before = known(shown(market, party));
    ring(market, 20, 5);
    return { truth, before, after: known(shown(market, party)) };
  });
  sayErrors(say, 'ring of 20 on 5 domains, nobody else', alone);
  sayErrors(say, 'ring of 20 on 5 domains, 30 honest raters', tried);
  return {
    ...ratios,
    'ring: the lower end above the truth, in stars': atMost(
      worst(alone.map(({ after }) => after.low - truth)),
      0,
    ),
    'ring: error against that of a plain mean': against('plain', alone, 0.5),
    'ring: error against that of a count': against('counted', alone, 0.5),
    'ring with 30 honest raters: moved, in stars': atMost(worst(tried.map(moved)), 0.1),
  };
}

/** They build up a standing by honest dealings first. What any of them is by then cannot be told from an honest client. */
function slowAttackers(seeds: number[], say: Say): Ratios {
  const patient = (kind: Pick<Flood, 'accounts' | 'address' | 'overDays'>, manner: 'patient' | 'quick') =>
    seeds.map((seed) =>
      attacked(withSubject(seed, large, 4.5), (market, { party }) => {
        const providers = market.providers.slice(0, 8);
        flood(market, party, { ...kind, isPaid: true, score: 1, before: { manner, providers } });
      }),
    );
  const oneDomain = patient({ accounts: 200, address: addresses.oneDomain }, 'patient');
  sayErrors(say, '200 accounts on one domain, each with honest dealings with 8 providers', oneDomain);
  const address = addresses.registeredDomains;
  const tenDomains = patient({ accounts: 10, address, overDays: 300 }, 'patient');
  sayErrors(say, '10 registered domains with such dealings, within 300 days', tenDomains);
  const inOneDay = patient({ accounts: 10, address }, 'patient');
  sayErrors(say, '10 registered domains with such dealings, in one day', inOneDay);
  const quick = patient({ accounts: 200, address }, 'quick');
  sayErrors(say, '200 registered domains that called 8 providers for nothing first', quick);
  const bought = seeds.map((seed) =>
    attacked(withSubject(seed, large, 4.5), (market, { party }) => madeUpMarket(market, party, 200, 50)),
  );
  sayErrors(say, '200 registered domains as a market of their own, 50 of them rating', bought);
  const turned = seeds.map(turnsBad);
  sayErrors(say, 'a provider good for two years, bad for three months', turned);
  return {
    'slow attacker on one domain: moved, in stars': atMost(worst(oneDomain.map(moved)), 0.25),
    'slow attacker on one domain: error against that of a plain mean': against('plain', oneDomain, 0.25),
    'slow attacker on one domain: error against that of a count': against('counted', oneDomain, 0.25),
    'slow attacker on 10 domains: moved, against a plain mean': atMost(
      mean(tenDomains.map(moved)) / mean(tenDomains.map(({ before, after }) => before.plain - after.plain)),
      1,
    ),
    'a provider that turns bad: error against that of a plain mean': against('plain', turned, 0.8),
    'a provider that turns bad: error against that of a count': against('counted', turned, 0.8),
  };
}

/** Honest for 60 contracts over two years; then it takes the money of 30 more. */
function turnsBad(seed: number): Outcome {
  const market = honestMarket(randomOf(seed), large);
  const provider = partyOf('agent@turning.example');
  const sell = (client: Party, truth: number, daysAgo: number) =>
    trade(market, { client, provider, score: honest(truth, market.random), isPaid: true, daysAgo });
  const clients = some(market, 90);
  for (const client of clients.slice(0, 60)) sell(client, 4.8, 90 + 640 * market.random());
  const before = known(shown(market, provider));
  for (const client of clients.slice(60)) sell(client, 1.3, 90 * market.random());
  return { truth: 1.3, before, after: known(shown(market, provider)) };
}

/** A provider of bad repute takes a new name, and its old friends praise it; honest newcomers had five clients. */
function whitewashing(seeds: number[], say: Say): Ratios {
  const outcomes = seeds.map((seed) => {
    const { subject, ...market } = withSubject(seed, large, 1.5);
    const bad = known(shown(market, subject.party));
    const fresh = partyOf('reborn@subject.example');
    const unknown = shown(market, fresh);
    const praise = { accounts: 1_000, isPaid: true, score: 5 } as const;
    flood(market, fresh, { ...praise, address: addresses.subdomains });
    const washed = known(shown(market, fresh));
    const newcomer = { party: partyOf('agent@newcomer.example'), truth: 4.5 };
    for (const client of some(market, 5)) buyHonestly(market, client, newcomer);
    const other = known(shown(market, newcomer.party));
    for (const client of some(market, honestRaters))
      buyHonestly(market, client, { party: fresh, truth: 1.5 });
    return { unknown, bad, washed, other, found: known(shown(market, fresh)) };
  });
  const average = (of: (outcome: (typeof outcomes)[number]) => number) => mean(outcomes.map(of)).toFixed(2);
  say(
    `whitewashing: lower end ${average(({ bad }) => bad.low)} under the old name, ${average(({ washed }) => washed.low)} under the ` +
      `new one (plain mean ${average(({ washed }) => washed.plain)}), an honest newcomer with five clients ${average(({ other }) => other.low)}, ` +
      `the new name after 30 honest clients ${average(({ found }) => found.low)}`,
  );
  return {
    'whitewashing: new names that are unknown': atLeast(
      outcomes.filter(({ unknown }) => unknown === null).length / outcomes.length,
      1,
    ),
    'whitewashing: the lower end gained by a new name and its crowd, in stars': atMost(
      worst(outcomes.map(({ bad, washed }) => washed.low - bad.low)),
      0.75,
    ),
    'whitewashing: the lower end of an honest newcomer above it, in stars': atLeast(
      -worst(outcomes.map(({ other, washed }) => washed.low - other.low)),
      0.25,
    ),
  };
}

/** A score is computed anew whenever something is said, and as time passes. */
function recomputing(say: Say): Ratios {
  const timeOf = (accounts: number) => {
    const { subject, ...market } = withSubject(1, large, 4.5);
    const before = { manner: 'patient', providers: market.providers.slice(0, 8) } as const;
    const address = addresses.registeredDomains;
    flood(market, subject.party, { accounts, address, isPaid: true, score: 1, before });
    const dealings = dealingsOf(market.deals);
    const ratings = market.ratings.filter((rating) => rating.subject.jid === subject.party.jid);
    const times = Array.from({ length: 7 }, () => {
      const started = performance.now();
      reputationOf(ratings, dealings, marketNow);
      return performance.now() - started;
    });
    return percentile(times, 0.5);
  };
  const [thousand, tenThousand] = [timeOf(1_000), timeOf(10_000)];
  say(
    `recomputing a score: of 1,030 ratings ${thousand.toFixed(1)} ms, of 10,030 ${tenThousand.toFixed(1)} ms`,
  );
  return { 'recomputing of ten times the ratings: time': atMost(tenThousand / thousand, 20) };
}
