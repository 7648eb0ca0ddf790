/** "With these values, whom can I call?": which given value fits which input, and what is still missing. */

import type { Input, Listing } from './listing.ts';
import { canonicalName, nameKeys } from './query/names.ts';

/** A value as JSON states it. */
export type GivenValue = string | number | boolean | (string | number | boolean)[];
export type Given = { [name: string]: GivenValue };

export type Match = {
  /** Which input each given name fills. */
  mapping: { [given: string]: string };
  /** Required inputs that nothing given fills. */
  missing: string[];
};

export const matchLimits = { namesMax: 12, namesCharsMax: 200, valueCharsMax: 4_000 } as const;

/** Fills each input with at most one given value, and each value into at most one input: the same names first. */
export function matchInputs(inputs: Listing['inputs'], given: Given): Match {
  const mapping = new Map<string, string>();
  const filled = new Set<string>();
  const fill = (fits: (name: string, input: Input) => boolean) => {
    for (const [name, value] of Object.entries(given)) {
      if (mapping.has(name)) continue;
      const input = inputs.find((one) => !filled.has(one.name) && fits(name, one) && accepts(one, value));
      if (!input) continue;
      mapping.set(name, input.name);
      filled.add(input.name);
    }
  };
  fill((name, input) => input.name === name);
  fill((name, input) => canonicalName(input.name) === canonicalName(name));
  fill((name, input) => nameKeys(input).includes(canonicalName(name)));
  // A choice that offers the very value, under a name that shares a word, can hardly mean anything else.
  fill((name, input) => input.type === 'enum' && sharesWord(name, input));
  return {
    mapping: Object.fromEntries(mapping),
    missing: inputs.filter((input) => input.required && !filled.has(input.name)).map((input) => input.name),
  };
}

function sharesWord(name: string, input: Input): boolean {
  const words = new Set(canonicalName(name).split(' '));
  return nameKeys(input).some((key) => key.split(' ').some((word) => words.has(word)));
}

/** The value, or each of several, is one that the input takes. */
export function accepts(input: Input, value: GivenValue): boolean {
  if (Array.isArray(value)) return input.multiple && value.every((one) => acceptsOne(input, one));
  return acceptsOne(input, value);
}

function acceptsOne(input: Input, value: string | number | boolean): boolean {
  const text = String(value).trim();
  switch (input.type) {
    case 'string':
      return true;
    case 'number':
      return isNumber(text) && isWithin(input, Number(text));
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text) && isWithin(input, Number(text));
    case 'boolean':
      return ['true', 'false', '1', '0'].includes(text.toLowerCase());
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
    case 'date-time':
      return /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text.replace(' ', 'T')));
    case 'uri':
      return URL.canParse(text);
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(text);
    case 'jid':
      return /^([^\s@/]+@)?[^\s@/]+(\/.+)?$/.test(text);
    case 'enum':
      return input.options.some((option) =>
        [option.value, option.label].some((one) => one?.toLowerCase() === text.toLowerCase()),
      );
  }
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

function isWithin({ min, max }: Input, value: number): boolean {
  const isAbove = min === null || Number.isNaN(Number(min)) || value >= Number(min);
  return isAbove && (max === null || Number.isNaN(Number(max)) || value <= Number(max));
}
