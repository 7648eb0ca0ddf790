/** From typed inputs to JSON Schema 2020-12. */

import type { Input, InputType, JsonSchema } from './listing.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const TYPES: { [type in InputType]: JsonSchema } = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  'date-time': { type: 'string', format: 'date-time' },
  uri: { type: 'string', format: 'uri' },
  email: { type: 'string', format: 'email' },
  jid: { type: 'string', format: 'jid' },
  enum: { type: 'string' },
};

/** A schema of one object whose members are the inputs. */
export function schemaOf(inputs: Input[]): JsonSchema {
  const required = inputs.filter((input) => input.required).map((input) => input.name);
  return {
    $schema: DIALECT,
    type: 'object',
    // fromEntries defines own members even for a name such as `__proto__`.
    properties: Object.fromEntries(inputs.map((input) => [input.name, propertyOf(input)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function propertyOf(input: Input): JsonSchema {
  const value = valueSchema(input);
  const preset = defaultOf(input);
  return {
    ...(input.label && { title: input.label }),
    ...(input.description && { description: input.description }),
    ...(input.multiple ? { type: 'array', items: value, uniqueItems: true } : value),
    ...(preset !== null && { default: preset }),
    ...(input.secret && { writeOnly: true }),
  };
}

function valueSchema(input: Input): JsonSchema {
  const numeric = input.type === 'number' || input.type === 'integer';
  const min = numeric ? numberOf(input.min) : null;
  const max = numeric ? numberOf(input.max) : null;
  return {
    ...TYPES[input.type],
    ...(input.type === 'enum' && { enum: [...new Set(input.options.map((option) => option.value))] }),
    ...(min !== null && { minimum: min }),
    ...(max !== null && { maximum: max }),
  };
}

/** The default in the type that the schema states; a default that is not of it is left out. */
function defaultOf(input: Input): unknown {
  if (input.default === null || Array.isArray(input.default)) return input.default;
  switch (input.type) {
    case 'boolean':
      return booleanOf(input.default);
    case 'integer':
    case 'number':
      return numberOf(input.default);
    case 'string':
    case 'date':
    case 'date-time':
    case 'uri':
    case 'email':
    case 'jid':
    case 'enum':
      return input.default;
  }
}

/** XML Schema's lexical forms of a boolean. */
function booleanOf(text: string): boolean | null {
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : null;
}

function numberOf(text: string | null): number | null {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
