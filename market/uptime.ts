/**
 * Uptime: from what was observed of an agent, counted by hour, to the share of the observed time in which it was up.
 *
 * `reachable` is sampled evenly in time, so within an hour its share of good observations is the share of time. How
 * much of the hour was observed weighs the hour: one observation stands for one sampling period, and all of an hour's
 * together for an hour at most, so that neither a change of the period nor further observations shift the result. An
 * hour without observation, as when the directory was down, says nothing and weighs nothing. A window with fewer than
 * `observationsMin` observations is unknown: null, never 0.
 *
 * `describes` and `answers` are seen seldom and at no fixed times, so they are no samples of time. They can only take
 * away: an hour in which the agent was asked for its description, or for its commands, and never once gave them
 * counts as down, since pings are often answered by a library on behalf of a program that is stuck.
 */

import type { Signal, Uptime } from './listing.ts';

export const hourMs = 3_600_000;

/** A window is the current hour and the whole hours before it. */
export const windowHours = { d1: 24, d7: 7 * 24, d30: 30 * 24 } as const satisfies {
  [window in keyof Uptime]: number;
};

/** A window with fewer observations says too little. */
export const observationsMin = 3;

/** How often a signal held and failed in the hour that starts at `hour`, in milliseconds since 1970. */
export type HourCount = { signal: Signal; hour: number; good: number; bad: number };

/** @param periodMs the time for which one observation of `reachable` stands */
export function foldUptime(counts: HourCount[], nowMs: number, periodMs: number): Uptime {
  const hours = [...Map.groupBy(counts, ({ hour }) => hour)].map(([start, within]) =>
    foldHour(start, within, periodMs),
  );
  const last = Math.floor(nowMs / hourMs) * hourMs;
  const over = (length: number) =>
    share(hours.filter(({ start }) => start <= last && start > last - length * hourMs));
  return { d1: over(windowHours.d1), d7: over(windowHours.d7), d30: over(windowHours.d30) };
}

/** `weight` and `up` in hours: how much of the hour was observed, and how much of that the agent was up. */
type Hour = { start: number; observations: number; weight: number; up: number };

function foldHour(start: number, counts: HourCount[], periodMs: number): Hour {
  const reachable = counts.filter(({ signal }) => signal === 'reachable');
  const good = reachable.reduce((sum, count) => sum + count.good, 0);
  const observations = reachable.reduce((sum, count) => sum + count.good + count.bad, 0);
  if (observations === 0) return { start, observations, weight: 0, up: 0 };
  const weight = Math.min(1, (observations * periodMs) / hourMs);
  const failed = counts.some((count) => count.signal !== 'reachable' && count.good === 0 && count.bad > 0);
  return { start, observations, weight, up: failed ? 0 : (weight * good) / observations };
}

function share(hours: Hour[]): number | null {
  const sum = (of: (hour: Hour) => number) => hours.reduce((total, hour) => total + of(hour), 0);
  if (sum((hour) => hour.observations) < observationsMin) return null;
  return roundDown(sum((hour) => hour.up) / sum((hour) => hour.weight));
}

/** To four places, and down: what failed once is never shown as 1. */
function roundDown(value: number): number {
  // Sums of binary fractions fall a little short of what they stand for.
  return Math.min(1, Math.floor(value * 10_000 + 1e-6) / 10_000);
}

/** The middle one of the reply times, in whole milliseconds; null where there are none. */
export function medianMs(timesMs: number[]): number | null {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}
