/** Bounded reading of JSON that strangers wrote. */

import { ParseError } from './parse-error.ts';

export const jsonLimits = { charsMax: 262_144, depthMax: 32, nodesMax: 20_000 } as const;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** @throws {ParseError} where the text is no JSON or exceeds `jsonLimits`. */
export function parseJson(text: string): Json {
  if (text.length > jsonLimits.charsMax)
    throw new ParseError(`JSON longer than ${jsonLimits.charsMax} characters`);
  // Nesting is counted before parsing: JSON.parse recurses, and so does everything that walks its result.
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > jsonLimits.depthMax)
        throw new ParseError(`JSON deeper than ${jsonLimits.depthMax} levels`);
    } else if (char === '}' || char === ']') depth--;
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ParseError('the text is not JSON', { cause });
  }
}

/** @throws {ParseError} where the text is no JSON object. */
export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isObject(value)) throw new ParseError('a JSON object expected');
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The array's first `max` members, or none where the value is no array. */
export function arrayOf(value: Json | undefined, max: number): Json[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}

export function stringOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
