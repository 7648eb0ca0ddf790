/** What a listing's form holds: the agent's defaults, or what a visitor filled in. */

import type { Input } from '../../market/listing.ts';

/** Keeps the names that strangers chose apart from the page's own parameters. */
const prefix = 'in.';
export const filledParameter = 'filled';

export function controlName(input: Input): string {
  return `${prefix}${input.name}`;
}

/** The values of every input, in the order of the inputs; an empty list where one has none. */
export type FormValues = string[][];

/** @param parameters of the page's address: the form comes back in them when JavaScript is off */
export function formValues(inputs: Input[], parameters: URLSearchParams): FormValues {
  const isFilled = parameters.has(filledParameter);
  return inputs.map((input) => (isFilled ? filledValues(input, parameters) : defaultValues(input)));
}

function filledValues(input: Input, parameters: URLSearchParams): string[] {
  const given = parameters.getAll(controlName(input)).filter((value) => value !== '');
  // An unticked box is not sent at all.
  if (input.type === 'boolean') return [given.length > 0 ? '1' : '0'];
  return given.flatMap((value) => (isText(input) ? value.split(/\r\n?|\n/) : [value]));
}

function defaultValues(input: Input): string[] {
  const stated = input.default === null ? [] : [input.default].flat();
  if (input.type === 'boolean') return [isTrue(stated[0]) ? '1' : '0'];
  return isText(input) ? stated.flatMap((value) => value.split('\n')) : stated;
}

/** XEP-0004 §3.3 allows both spellings. */
function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

/** True for what is typed into a field of several lines, each of which is a value. */
export function isText(input: Input): boolean {
  return input.multiline || (input.multiple && input.type !== 'enum');
}
