/** Bounds of a JSON value that somebody gives, before anything walks it by recursion, stores it or sends it on. */

import type { Json } from '../protocol/json.ts';
import { xmlSafe } from '../protocol/text.ts';
import type { Pointer } from './problem.ts';

export const givenLimits = {
  /** Values inside values. */
  depthMax: 16,
  /** Values in all, members of lists and objects counted. */
  valuesMax: 2_000,
  /** Characters of one text. */
  textCharsMax: 65_536,
  /** Characters of a member's name. */
  nameCharsMax: 200,
} as const;

/**
 * What of the value cannot be taken as it is, at most one: too deep, too much, or with characters that neither XML 1.0
 * nor Postgres takes. Walks without recursion.
 */
export function boundsError(value: Json): Pointer | null {
  let level: [pointer: string, value: Json][] = [['', value]];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    const [deepest] = level[0] ?? [''];
    if (depth > givenLimits.depthMax) {
      return { pointer: deepest, detail: `expected at most ${givenLimits.depthMax} levels` };
    }
    if (count > givenLimits.valuesMax) {
      return { pointer: '', detail: `expected at most ${givenLimits.valuesMax} values in all` };
    }
    const next: typeof level = [];
    for (const [pointer, member] of level) {
      const error = textError(member);
      if (error) return { pointer, detail: error };
      if (typeof member !== 'object' || member === null) continue;
      for (const [name, inner] of Object.entries(member)) {
        if (name.length > givenLimits.nameCharsMax || xmlSafe(name) !== name) {
          return {
            pointer,
            detail: `expected names of at most ${givenLimits.nameCharsMax} printable characters`,
          };
        }
        next.push([`${pointer}/${pointerPart(name)}`, inner]);
      }
    }
    level = next;
  }
  return null;
}

/** RFC 6901 §3. */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function textError(value: Json): string | null {
  if (typeof value !== 'string') return null;
  if (value.length > givenLimits.textCharsMax) {
    return `expected at most ${givenLimits.textCharsMax} characters`;
  }
  return xmlSafe(value) === value ? null : 'expected no control characters';
}
