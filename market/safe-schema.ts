/**
 * A stranger's JSON Schema (2020-12) made into one that anybody can store, show and interpret: self-contained, bounded,
 * without patterns. Whatever the original accepts, the copy accepts too; what cannot be kept is loosened, never
 * tightened.
 */

import { formLimits } from '../protocol/data-form.ts';
import { arrayOf, isObject, type Json, type JsonObject } from '../protocol/json.ts';
import { cleanLine, cleanText, token } from '../protocol/text.ts';
import type { JsonSchema } from './listing.ts';
import { SchemaReader, schemaLimits } from './schema-reader.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

export const schemaTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const;

const NUMBERS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
] as const;
const FLAGS = ['uniqueItems', 'deprecated', 'readOnly', 'writeOnly'] as const;

export function safeSchema(schema: JsonObject): JsonSchema {
  return { $schema: DIALECT, ...copy(new SchemaReader(schema), schema) };
}

/**
 * `not`, `if`, `contains` and `unevaluated…` are left out: a loosened schema inside them would tighten what is around.
 * For the same reason `oneOf` becomes `anyOf`.
 */
function copy(reader: SchemaReader, schema: Json | undefined): JsonSchema {
  const read = reader.enter(schema);
  if (!read) return {};
  const { keywords, target, inner } = read;
  const own = {
    ...types(keywords),
    ...numbers(keywords),
    ...values(keywords),
    ...objectPart(inner, keywords),
  };
  const parts = { ...own, ...listParts(inner, keywords) };
  if (target === null) return { ...words(keywords), ...parts };
  const named = copy(inner, target);
  if (Object.keys(parts).length === 0) return { ...named, ...words(keywords) };
  return { ...words(keywords), ...parts, allOf: [...arrayOf((parts as JsonObject).allOf, Infinity), named] };
}

function types({ type }: JsonObject): JsonSchema {
  const stated = Array.isArray(type) ? type : [type ?? null];
  const known = schemaTypes.filter((name) => stated.includes(name));
  // A type that is not known may be what the value is of.
  if (known.length === 0 || known.length < stated.length) return {};
  return { type: known.length === 1 ? known[0] : known };
}

/** A list of alternatives, or of places, is kept whole or not at all; of a conjunction any part may go. */
function listParts(reader: SchemaReader, keywords: JsonObject): JsonSchema {
  const { prefixItems, items, allOf } = keywords;
  const whole = (of: Json | undefined) => {
    const isWhole = Array.isArray(of) && of.length > 0 && of.length <= schemaLimits.membersMax;
    return isWhole ? of.map((member) => copy(reader, member)) : null;
  };
  const places = whole(prefixItems);
  const alternatives = whole(keywords.anyOf ?? keywords.oneOf);
  const conjunction = arrayOf(allOf, schemaLimits.membersMax).map((member) => copy(reader, member));
  return {
    ...(places && { prefixItems: places }),
    ...(isObject(items) && (places || prefixItems === undefined) && { items: copy(reader, items) }),
    ...(alternatives && { anyOf: alternatives }),
    ...(conjunction.length > 0 && { allOf: conjunction }),
  };
}

function words(keywords: JsonObject): JsonSchema {
  const title = typeof keywords.title === 'string' ? cleanLine(keywords.title, formLimits.lineCharsMax) : '';
  const description =
    typeof keywords.description === 'string' ? cleanText(keywords.description, formLimits.textCharsMax) : '';
  const format = typeof keywords.format === 'string' ? token(keywords.format, 60) : null;
  return { ...(title && { title }), ...(description && { description }), ...(format && { format }) };
}

function numbers(keywords: JsonObject): JsonSchema {
  const counts = NUMBERS.filter((name) => typeof keywords[name] === 'number');
  const flags = FLAGS.filter((name) => keywords[name] === true);
  return Object.fromEntries([...counts, ...flags].map((name) => [name, keywords[name]]));
}

/** A choice is kept whole or not at all: without one of its values it would refuse what the original takes. */
function values(keywords: JsonObject): JsonSchema {
  const choice = keywords.enum;
  const keepsChoice =
    Array.isArray(choice) &&
    choice.length > 0 &&
    choice.length <= formLimits.optionsMax &&
    choice.every(isScalar);
  return {
    ...(keepsChoice && { enum: choice }),
    ...(keywords.const !== undefined && isScalar(keywords.const) && { const: keywords.const }),
    ...(keywords.default !== undefined && isPlain(keywords.default) && { default: keywords.default }),
  };
}

function objectPart(reader: SchemaReader, keywords: JsonObject): JsonSchema {
  const stated = isObject(keywords.properties) ? Object.entries(keywords.properties) : [];
  const kept = stated
    .filter(([name]) => token(name, formLimits.varCharsMax) !== null)
    .slice(0, formLimits.fieldsMax);
  const required = arrayOf(keywords.required, formLimits.fieldsMax).filter(
    (name): name is string => typeof name === 'string' && token(name, formLimits.varCharsMax) !== null,
  );
  const isWhole = kept.length === stated.length && keywords.patternProperties === undefined;
  const more = keywords.additionalProperties;
  return {
    // fromEntries defines own members even for a name such as `__proto__`.
    ...(kept.length > 0 && {
      properties: Object.fromEntries(kept.map(([name, member]) => [name, copy(reader, member)])),
    }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
    ...(isWhole && more === false && { additionalProperties: false }),
    ...(isWhole && isObject(more) && { additionalProperties: copy(reader, more) }),
  };
}

function isScalar(value: Json): boolean {
  if (typeof value === 'string') return value === '' || token(value, formLimits.lineCharsMax) !== null;
  return value === null || typeof value !== 'object';
}

/** A scalar, or a list of scalars. */
export function isPlain(value: Json): boolean {
  return Array.isArray(value)
    ? value.length <= formLimits.valuesMax && value.every(isScalar)
    : isScalar(value);
}
