/**
 * Checks a value against a schema that a stranger wrote. The schema is interpreted, never compiled; what is interpreted
 * is the bounded copy that `safeSchema` makes: without references, patterns, and whatever else costs more than it says.
 */

import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { Json, JsonObject } from '../protocol/json.ts';
import { boundsError } from './given-value.ts';
import type { JsonSchema } from './listing.ts';
import type { Pointer } from './problem.ts';
import { safeSchema } from './safe-schema.ts';
import { inWords } from './schema-words.ts';

export const checkLimits = {
  errorsMax: 20,
  /** Schemas times values: a value that would cost more is not looked at further. */
  workMax: 400_000,
  /** Up to this much every error is told; beyond it the first, since each schema could have one at each value. */
  tellAllWorkMax: 20_000,
} as const;

/** What of the value the schema does not take, in plain words; nothing where it takes it all. */
export function checkSchema(schema: JsonSchema, value: Json): Pointer[] {
  const outside = boundsError(value);
  if (outside) return [outside];
  const safe = withoutFormats(safeSchema(schema as JsonObject));
  const work = countOf(safe) * countOf(value);
  if (work > checkLimits.workMax) return [{ pointer: '', detail: 'expected fewer values' }];
  const endsAtFirst = work > checkLimits.tellAllWorkMax;
  const { errors } = new Validator(safe as Schema, '2020-12', endsAtFirst).validate(value);
  const untaken = new Set(
    errors.filter(({ keyword }) => keyword === 'anyOf').map((error) => error.keywordLocation),
  );
  const told = new Map<string, Pointer>();
  for (const error of errors) {
    if (!isOwn(error, untaken)) continue;
    for (const said of inWords(error, safe, value)) told.set(`${said.pointer}\n${said.detail}`, said);
    if (told.size >= checkLimits.errorsMax) break;
  }
  return [...told.values()].slice(0, checkLimits.errorsMax);
}

const WRAPPERS = new Set(['properties', 'additionalProperties', 'items', 'prefixItems', 'allOf', '$ref']);

/**
 * An error that is no more than that something inside has one; nor one of an alternative, when none is taken.
 * @param untaken where in the schema no alternative is
 */
function isOwn({ keyword, keywordLocation: place }: OutputUnit, untaken: ReadonlySet<string>): boolean {
  if (WRAPPERS.has(keyword)) return false;
  for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
    if (untaken.has(place.slice(0, end))) return false;
  }
  return true;
}

/** Formats are checked where the directory knows the input's type; elsewhere they are notes, as JSON Schema has them. */
function withoutFormats(schema: JsonSchema): JsonSchema {
  return JSON.parse(
    JSON.stringify(schema, function (this: unknown, name: string, value: unknown) {
      // A member of `properties` can be called `format`; its value is then a schema, and no text.
      return name === 'format' && typeof value === 'string' ? undefined : value;
    }),
  );
}

function countOf(value: unknown): number {
  let level = [value];
  let count = 0;
  while (level.length > 0) {
    count += level.length;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return count;
}
