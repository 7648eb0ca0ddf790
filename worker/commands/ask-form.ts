/** What is asked of a contract's client, as a form to fill in, and what was filled in as JSON. */

import { typedValue } from '../../market/call-result.ts';
import type { Ask } from '../../market/contract/contract.ts';
import { valuesOf } from '../../market/form-answer.ts';
import { inputField } from '../../market/input-fields.ts';
import type { Input } from '../../market/listing.ts';
import type { Field } from '../../protocol/data-form.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { fieldBytes } from './form-pages.ts';
import { several, type Values } from './values.ts';

/** Of the fields, as they are sent; of one, beyond which its options are left out. */
const fieldsBytesMax = 40_000;
const optionsBytesMax = 20_000;

/**
 * What is missing first, and required; the rest with what was given before, and only as much of it as fits into a stanza.
 * @param given by the client so far
 */
export function askFields({ inputs, missing }: Ask, given: JsonObject): Field[] {
  const isMissing = ({ name }: Input) => missing.includes(name);
  const ordered = [...inputs.filter(isMissing), ...inputs.filter((input) => !isMissing(input))];
  let room = fieldsBytesMax;
  return ordered
    .map((input) => {
      const values = presetOf(input, given);
      const field = inputField({ ...input, required: isMissing(input) }, values);
      // What is chosen is checked against the choices in any case.
      if (fieldBytes(field) <= optionsBytesMax) return field;
      return inputField({ ...input, required: isMissing(input), options: [] }, values);
    })
    .filter((field) => {
      room -= fieldBytes(field);
      return room >= 0;
    });
}

/** A secret is not shown again. */
function presetOf(input: Input, given: JsonObject): string[] {
  const own = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
  if (input.secret) return [];
  if (own !== undefined && own !== null) return valuesOf(own, input);
  if (input.default === null) return [];
  return valuesOf(input.default, input);
}

/** What was filled in; a field that was left empty says nothing. */
export function givenIn({ inputs }: Ask, values: Values): JsonObject {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const texts = several(values, input.name);
      return texts.length === 0 ? [] : [[input.name, typedValue([...texts], input)]];
    }),
  );
}
