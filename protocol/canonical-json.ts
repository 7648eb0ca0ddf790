/**
 * RFC 8785: JSON Canonicalization Scheme. One text for one value, so that its hash says what was said.
 * https://www.rfc-editor.org/rfc/rfc8785
 */

import { type Json, jsonLimits, parseJson } from './json.ts';
import { ParseError } from './parse-error.ts';

/**
 * The canonical text of a value: no white space, members sorted by their names' UTF-16 code units (§3.2.3), numbers
 * and strings as ECMAScript writes them (§3.2.2).
 * @throws {ParseError} where the value is no I-JSON (a lone surrogate, a number that is not finite) or deeper than
 * `jsonLimits.depthMax`.
 */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

/**
 * Parses a text that must be canonical already. Repeated member names, which JSON.parse drops, cannot be in it:
 * its canonical form would be another.
 * @throws {ParseError} where it is not, or exceeds `jsonLimits`.
 */
export function parseCanonicalJson(text: string): Json {
  const value = parseJson(text);
  if (canonicalJson(value) !== text)
    throw new ParseError('the JSON is not in the canonical form of RFC 8785');
  return value;
}

function write(value: Json, depth: number): string {
  if (depth > jsonLimits.depthMax) throw new ParseError(`JSON deeper than ${jsonLimits.depthMax} levels`);
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return writeNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((member) => write(member, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${writeString(name)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** §3.2.2.2: JSON.stringify escapes exactly what is to be escaped, but for lone surrogates, which must not be there. */
function writeString(text: string): string {
  if (!text.isWellFormed()) throw new ParseError('a JSON string has a lone surrogate');
  return JSON.stringify(text);
}

/** §3.2.2.3: ECMAScript's own Number::toString, in which minus zero is `0`. */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new ParseError('a JSON number is not finite');
  return JSON.stringify(value);
}
