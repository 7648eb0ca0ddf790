/** Who said what of each part of a listing: the most specific statement holds, and the others are kept beside it. */

import type { Provenance, Source } from './listing.ts';

/** What a source says of a part; null or undefined where it says nothing. */
export type Claim<T> = [source: Source, value: T | null | undefined];

const statementCharsMax = 300;

export class Claims {
  #parts: Provenance = {};

  /** Keeps every claim, most specific first, and returns the first that says something. */
  take<T>(part: string, claims: Claim<T>[]): T | null {
    const said = claims.filter((claim): claim is [Source, T] => claim[1] !== null && claim[1] !== undefined);
    if (said.length > 0) this.#parts[part] = said.map(([source, value]) => ({ source, said: textOf(value) }));
    return said[0]?.[1] ?? null;
  }

  /** Keeps every claim, and returns all of what they say, each once. */
  union(part: string, claims: Claim<string[]>[]): string[] {
    const said = claims.filter((claim): claim is [Source, string[]] => (claim[1]?.length ?? 0) > 0);
    if (said.length > 0) this.#parts[part] = said.map(([source, value]) => ({ source, said: textOf(value) }));
    return [...new Set(said.flatMap(([, values]) => values))];
  }

  get provenance(): Provenance {
    return this.#parts;
  }

  /** Every source that said anything. */
  get sources(): Source[] {
    return [
      ...new Set(Object.values(this.#parts).flatMap((said) => said.map(({ source }) => source))),
    ].sort();
  }
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= statementCharsMax ? text : `${text.slice(0, statementCharsMax - 1).toWellFormed()}…`;
}
