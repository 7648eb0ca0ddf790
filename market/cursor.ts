/** Opaque cursors of keyset pages: a position and the query it belongs to. */

import { createHash } from 'node:crypto';
import { idCharsMax } from './listing-id.ts';

/** The last row kept: the value of what the page is ordered by, as text, and its id. */
export type Position = { key: string; id: string };

const keyCharsMax = 1024;
export const cursorCharsMax = 2 * (idCharsMax + keyCharsMax);

/** @param scope what the cursor must be used with again: the query, and how it is sorted */
export function encodeCursor(scope: string, position: Position): string {
  const text = JSON.stringify([scopeHash(scope), position.key, position.id]);
  return Buffer.from(text).toString('base64url');
}

/** What a key may be: it becomes a value of that type in Postgres, which refuses what is none. */
const keyPatterns = {
  text: /^/,
  /** A score, in whole units. */
  int4: /^-?\d{1,9}$/,
  /** A moment, in microseconds. */
  int8: /^-?\d{1,18}$/,
  numeric: /^-?\d{1,18}(\.\d{1,30})?$/,
  /** A distance, in kilometres. */
  float8: /^\d{1,6}(\.\d{1,20}(e-\d{1,2})?)?$/,
} as const;
export type KeyType = keyof typeof keyPatterns;

/** Null where the text is no cursor, or one of another query. */
export function decodeCursor(scope: string, cursor: string, type: KeyType): Position | null {
  if (cursor.length > cursorCharsMax || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const [hash, key, id] = parts as unknown[];
    if (hash !== scopeHash(scope) || !isText(key, keyCharsMax) || !isText(id, idCharsMax)) return null;
    return keyPatterns[type].test(key) ? { key, id } : null;
  } catch {
    return null;
  }
}

function isText(value: unknown, charsMax: number): value is string {
  return (
    typeof value === 'string' && value.length <= charsMax && value.isWellFormed() && !value.includes('\0')
  );
}

function scopeHash(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, 16);
}
