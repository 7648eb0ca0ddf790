/** How the benchmark looks at an attack: what was shown before it, what is shown after, and what is true. */

import { type Party, partyOf } from '../../market/reputation/party.ts';
import { atMost, type Ratios } from './ratio.ts';
import {
  buyHonestly,
  honestMarket,
  type Provider,
  type Shown,
  type Size,
  shown,
} from './reputation-market.ts';
import { randomOf } from './sample-listings.ts';

export const honestRaters = 30;

export type Say = (line: string) => void;
export type Made = ReturnType<typeof honestMarket>;

/** What is shown, how far it is from the truth, and how far it was moved. */
export type Outcome = { truth: number; before: Shown; after: Shown };

/** A market, and in it a provider that 30 honest clients rated. */
export function withSubject(seed: number, size: Size, truth: number): Made & { subject: Provider } {
  const market = honestMarket(randomOf(seed), size);
  const subject = { party: partyOf('agent@subject.example'), truth };
  for (const client of some(market, honestRaters)) buyHonestly(market, client, subject);
  return { ...market, subject };
}

export function some({ clients, random }: Made, count: number): Party[] {
  return clients
    .map((client) => ({ client, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ client }) => client);
}

export function attacked(
  made: Made & { subject: Provider },
  attack: (market: Made, subject: Provider) => void,
): Outcome {
  const { subject } = made;
  const before = known(shown(made, subject.party));
  attack(made, subject);
  return { truth: subject.truth, before, after: known(shown(made, subject.party)) };
}

export function known(now: Shown | null): Shown {
  if (!now) throw new Error('nothing is known of the subject');
  return now;
}

export function error(way: 'ours' | 'plain' | 'counted') {
  return ({ truth, after }: Outcome) => Math.abs(after[way] - truth);
}

export function moved({ before, after }: Outcome): number {
  return Math.abs(after.ours - before.ours);
}

export function sayErrors(say: Say, what: string, outcomes: Outcome[]): void {
  const errors = (['ours', 'plain', 'counted'] as const).map(
    (way) => `${way} ${mean(outcomes.map(error(way))).toFixed(2)}`,
  );
  const most = worst(outcomes.map(moved)).toFixed(3);
  const last = mean(outcomes.map(({ after }) => after.high - after.low)).toFixed(2);
  say(`${what}: error ${errors.join(', ')}; ours moved by at most ${most}, interval ${last}`);
}

export function against(way: 'plain' | 'counted', outcomes: Outcome[], goal: number): Ratios[string] {
  return atMost(mean(outcomes.map(error('ours'))) / mean(outcomes.map(error(way))), goal);
}

export function worst(values: number[]): number {
  return Math.max(...values);
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
