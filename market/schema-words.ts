/** The errors of JSON Schema in plain words: what was expected, and where. */

import type { OutputUnit } from '@cfworker/json-schema';
import { isObject, type Json } from '../protocol/json.ts';
import { pointerPart } from './given-value.ts';
import type { JsonSchema } from './listing.ts';
import type { Pointer } from './problem.ts';

const TYPES: { [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const optionsShownMax = 10;
const optionCharsMax = 60;

/** @param schema what the value was checked against; the error names a place in it */
export function inWords(error: OutputUnit, schema: JsonSchema, value: Json): Pointer[] {
  const pointer = pointerOf(error.instanceLocation);
  const said = at(schema as Json, pointerOf(error.keywordLocation));
  const one = (detail: string): Pointer[] => [{ pointer, detail: `expected ${detail}` }];
  switch (error.keyword) {
    case 'type':
      return one(either([said].flat().map((type) => TYPES[String(type)] ?? 'another type')));
    case 'enum':
      return one(optionsOf(Array.isArray(said) ? said : []));
    case 'const':
      return one(shown(said));
    case 'required':
      return missingOf(said, at(value, pointer)).map((name) => ({
        pointer: `${pointer}/${pointerPart(name)}`,
        detail: 'is required',
      }));
    case 'false':
      return [{ pointer, detail: 'is not taken; expected only what the schema names' }];
    case 'minimum':
      return one(`at least ${said}`);
    case 'maximum':
      return one(`at most ${said}`);
    case 'exclusiveMinimum':
      return one(`more than ${said}`);
    case 'exclusiveMaximum':
      return one(`less than ${said}`);
    case 'multipleOf':
      return one(`a multiple of ${said}`);
    case 'minLength':
      return one(`at least ${said} characters`);
    case 'maxLength':
      return one(`at most ${said} characters`);
    case 'minItems':
    case 'minProperties':
      return one(`at least ${said} members`);
    case 'maxItems':
    case 'maxProperties':
      return one(`at most ${said} members`);
    case 'uniqueItems':
      return one('no value twice');
    case 'anyOf':
      return one('one of the alternatives of the schema');
    default:
      return one('what the schema takes');
  }
}

function optionsOf(options: Json[]): string {
  const some = options.slice(0, optionsShownMax).map(shown);
  const more = options.length - some.length;
  return more > 0 ? `one of ${some.join(', ')} and ${more} more` : either(some);
}

/** Strangers' words are shown as JSON, so that they are seen for what they are, and cut. */
function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > optionCharsMax ? `${text.slice(0, optionCharsMax).toWellFormed()}…` : text;
}

function either(words: string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? 'nothing');
}

function missingOf(required: Json | undefined, object: Json | undefined): string[] {
  const names = Array.isArray(required) ? required : [];
  return names.filter(
    (name): name is string => typeof name === 'string' && !(isObject(object) && Object.hasOwn(object, name)),
  );
}

/** The validator's locations are URI fragments; pointers here are plain (RFC 6901 §6). */
function pointerOf(location: string): string {
  return decodeURIComponent(location.replace(/^#/, ''));
}

function at(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as { [name: string]: Json })[name];
  }
  return value;
}
