/** Idempotency keys, as callers send them. */

import { createHash } from 'node:crypto';
import { canonicalJson } from '../protocol/canonical-json.ts';
import type { Json } from '../protocol/json.ts';
import { type Problem, problem } from './problem.ts';

export const keyCharsMax = 200;

/** Visible ASCII, of a bounded length. */
const KEY = /^[\x21-\x7e]+$/;

/** Null where the key can be taken. */
export function keyProblem(key: string): Problem | null {
  if (key.length <= keyCharsMax && KEY.test(key)) return null;
  const detail = `expected 1 to ${keyCharsMax} visible ASCII characters`;
  return problem('invalid-parameter', `Not accepted: Idempotency-Key: ${detail}`, [
    { pointer: '/Idempotency-Key', detail },
  ]);
}

/** A hash of what is asked, the same for two ways of writing the same. @param asked of a bounded depth */
export function askedHash(operation: string, asked: Json): string {
  return createHash('sha256')
    .update(`${operation}\n${canonicalJson(wellFormed(asked))}`)
    .digest('hex');
}

/** What nobody has checked yet may hold halves of characters, of which RFC 8785 has no form. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]),
  );
}
