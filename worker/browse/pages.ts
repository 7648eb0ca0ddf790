/** Pages of lists (XEP-0059): which one is asked for, and how it is answered. */

import type { RsmPlace, RsmQuestion, RsmResult } from '../../protocol/rsm.ts';

export const pageSizeMax = 100;
/** Characters of names and nodes in one page: a stanza must stay below what servers take. */
export const pageCharsMax = 60_000;

/** Each with the key by which a page goes on after it. */
export type Keyed<Item> = { item: Item; key: string; chars: number };

export type Page<Item> = { items: Item[]; rsm: RsmResult };

/** The size of the page to look up: who names none gets the largest. */
export function sizeOf(question: RsmQuestion | null): number {
  return Math.min(question?.max ?? pageSizeMax, pageSizeMax);
}

/** A place that a list in an order of its own can be read from. */
export type OrderedPlace = Exclude<RsmPlace, { from: 'index' }>;

export function placeOf(question: RsmQuestion | null): RsmPlace {
  return question?.place ?? { from: 'start' };
}

/**
 * As many of the items as fit, at least one: those nearest to where the page begins. XEP-0059 §2.1 leaves the answer
 * free to have fewer than were asked for.
 */
export function pageOf<Item>(
  found: Keyed<Item>[],
  count: number | null,
  end: 'start' | 'end' = 'start',
): Page<Item> {
  const ordered = end === 'start' ? found : found.toReversed();
  let chars = 0;
  const fits = ordered.findIndex((one, at) => {
    chars += one.chars;
    return at > 0 && chars > pageCharsMax;
  });
  const kept = fits < 0 ? ordered : ordered.slice(0, fits);
  const items = end === 'start' ? kept : kept.toReversed();
  const rsm = { first: items[0]?.key ?? null, last: items.at(-1)?.key ?? null, count };
  return { items: items.map(({ item }) => item), rsm };
}

/** A page of a list whose keys are all at hand, in order; a key stands for its place, whether it is there or not. */
export function pageOfAll<Item>(
  keys: readonly string[],
  size: number,
  place: OrderedPlace,
  keyed: (key: string) => Keyed<Item>,
): Page<Item> {
  const isBackwards = place.from === 'before' || place.from === 'end';
  const [from, to] = rangeOf(keys, size, place);
  return pageOf(keys.slice(from, to).map(keyed), keys.length, isBackwards ? 'end' : 'start');
}

function rangeOf(keys: readonly string[], size: number, place: OrderedPlace): [from: number, to: number] {
  switch (place.from) {
    case 'start':
      return [0, size];
    case 'after': {
      const from = firstWhere(keys, (key) => key > place.key);
      return [from, from + size];
    }
    case 'end':
      return [Math.max(0, keys.length - size), keys.length];
    case 'before': {
      const to = firstWhere(keys, (key) => key >= place.key);
      return [Math.max(0, to - size), to];
    }
  }
}

/** The first index from which on the condition holds. */
function firstWhere(sorted: readonly string[], holds: (key: string) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
