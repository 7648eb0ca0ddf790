/** Opaque cursors of keyset pages: a position and the query it belongs to. */

import { createHash } from 'node:crypto';
import { idCharsMax } from './listing-id.ts';

/** The last row kept: its score (a whole number) and its id. */
export type Position = { score: number; id: string };

const cursorCharsMax = 2 * idCharsMax;

/** @param scope what the cursor must be used with again: the query, and how it is sorted */
export function encodeCursor(scope: string, position: Position): string {
  const text = JSON.stringify([scopeHash(scope), position.score, position.id]);
  return Buffer.from(text).toString('base64url');
}

/** Null where the text is no cursor, or one of another query. */
export function decodeCursor(scope: string, cursor: string): Position | null {
  if (cursor.length > cursorCharsMax || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const [hash, score, id] = parts as unknown[];
    const isPosition =
      isInt32(score) && typeof id === 'string' && id.length <= idCharsMax && !id.includes('\0');
    return hash === scopeHash(scope) && isPosition ? { score, id } : null;
  } catch {
    return null;
  }
}

function scopeHash(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, 16);
}

/** Scores are compared as Postgres integers. */
function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= 0x7fff_ffff;
}
