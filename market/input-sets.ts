/**
 * Sets of input names as numbers, so that "which listings require nothing but some of these names?" is a comparison of
 * numbers and not a search: a caller's names have few subsets, and a listing's required inputs are one of them.
 */

import { createHash } from 'node:crypto';
import type { Input } from './listing.ts';
import { nameKeys } from './query/names.ts';

export const inputSetLimits = {
  /** Required inputs beyond which a listing is not matched: nobody has as many names to give. */
  requiredMax: 12,
  /** An input has several names; so many of the combinations count, its first names first. */
  variantsMax: 8,
  keysMax: 4,
} as const;

const mask = (1n << 64n) - 1n;

/** The sum of its names' hashes: adding a name is adding a number. */
export type InputSet = bigint;
export const emptySet: InputSet = 0n;

/** The first 64 bits of the name's SHA-256, as Postgres's signed bigint. */
function numberOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigInt64BE();
}

function plus(set: InputSet, number: bigint): InputSet {
  return BigInt.asIntN(64, (set + number) & mask);
}

/** All subsets of the names, the empty one too, and how many names each has. */
export function subsetsOf(names: string[]): { set: InputSet; size: number }[] {
  let sets = [{ set: emptySet, size: 0 }];
  for (const number of names.map(numberOf)) {
    sets = sets.flatMap((one) => [one, { set: plus(one.set, number), size: one.size + 1 }]);
  }
  return sets;
}

/**
 * The sets of names that fill all required inputs, and those that fill all but one; each under the names by which the
 * inputs may be known.
 */
export function inputSets(inputs: Input[]): { fills: InputSet[]; lacks: InputSet[] } {
  const required = inputs.filter((input) => input.required);
  if (required.length > inputSetLimits.requiredMax) return { fills: [], lacks: [] };
  const variants = variantsOf(required.map((input) => nameKeys(input).slice(0, inputSetLimits.keysMax)));
  const sets = variants.map((names) => [...new Set(names)].map(numberOf));
  const sum = (numbers: bigint[]) => numbers.reduce(plus, emptySet);
  return {
    fills: [...new Set(sets.map(sum))],
    lacks: [...new Set(sets.flatMap((numbers) => numbers.map((number) => plus(sum(numbers), -number))))],
  };
}

/** Combinations of one name of each, those of the first names first. */
function variantsOf(keys: string[][]): string[][] {
  if (keys.some((names) => names.length === 0)) return [];
  const first = keys.map(([name = '']) => name);
  const others = keys.flatMap((names, at) => names.slice(1).map((name) => first.with(at, name)));
  // Who reads the form names all of them by their labels; or those alone whose variables say nothing.
  const second = keys.map(([name = '', label = name]) => label);
  const telling = keys.map(([name = '', label = name]) => (MEANINGLESS.test(name) ? label : name));
  const variants = [telling, first, second, ...others].map((names) => names.join('\n'));
  return [...new Set(variants)].slice(0, inputSetLimits.variantsMax).map((names) => names.split('\n'));
}

/** Variables that are but numbered: `f1`, `field_2`, `q3`. */
const MEANINGLESS = /^([a-z]|arg|field|input|item|param|parameter|question|text|value|var) ?\d+$/;
