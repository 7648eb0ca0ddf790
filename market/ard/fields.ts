/** The paths into an entry by which a catalogue is filtered (ARD v0.9 §7.1), and what each asks of a listing. */

import { type QualifierName, qualifierNames } from '../query/ast.ts';
import { nearest } from '../query/nearest.ts';

/** Paths that stand for a qualifier of the query language. */
const PATHS: { [path: string]: QualifierName } = { tags: 'tag', capabilities: 'feature' };
/** What has a path of its own is no metadata. */
const ELSEWHERE: QualifierName[] = ['tag', 'feature', 'domain'];

export type Field = { of: 'type' } | { of: 'publisher' } | { of: 'qualifier'; name: QualifierName };

export const paths: string[] = [
  'type',
  'tags',
  'capabilities',
  'publisher',
  ...qualifierNames.filter((name) => !ELSEWHERE.includes(name)).map((name) => `metadata.${name}`),
];

/** Null where no filter reaches the path. */
export function fieldAt(path: string): Field | null {
  if (!paths.includes(path)) return null;
  if (path === 'type' || path === 'publisher') return { of: path };
  const name = PATHS[path] ?? qualifierNames.find((known) => path === `metadata.${known}`);
  return name === undefined ? null : { of: 'qualifier', name };
}

/** What was expected in place of a path that is none of `known`. */
export function expectedPaths(path: string, known: readonly string[]): string {
  const meant = nearest(path, known);
  return `expected one of ${known.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`;
}
