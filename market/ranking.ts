/** What makes a hit's score: every share in one place, so that an answer can name them. */

import type { Query } from './query/ast.ts';

/**
 * The shares of a score; they add up to one. `words` is for having all that are asked for; `inputs` for how many of the
 * inputs that are asked for go by that very name; `variety` for not being the next of many of one agent or owner. Where a
 * query has no words, or asks for no inputs, their shares go to the others.
 */
export const weights = {
  text: 0.45,
  words: 0.12,
  inputs: 0.1,
  variety: 0.1,
  quality: 0.09,
  rating: 0.06,
  uptime: 0.04,
  freshness: 0.04,
} as const;

/** The weights of a word by where it stands: elsewhere, body, subject, name (Postgres's D, C, B, A). */
export const wordWeights = [0.05, 0.15, 0.45, 1] as const;

/** What of a query has shares of its own: words to be found, and inputs asked for by name. */
export type Asks = { words: boolean; inputs: boolean };

export function asksOf({ terms, qualifiers }: Query): Asks {
  return {
    words: terms.some(({ excluded }) => !excluded),
    inputs: qualifiers.some(({ name, excluded }) => name === 'input' && !excluded),
  };
}

/** How much each share counts for a query; those that it does not ask for count nothing. */
export function shareWeights(asks: Asks): Why {
  const isAsked = (share: string) =>
    share === 'inputs' ? asks.inputs : asks.words || (share !== 'text' && share !== 'words');
  const shares = Object.entries(weights) as [keyof Why, number][];
  const whole = shares.reduce((sum, [share, weight]) => sum + (isAsked(share) ? weight : 0), 0);
  return Object.fromEntries(
    shares.map(([share, weight]) => [share, isAsked(share) ? weight / whole : 0]),
  ) as Why;
}

export type Why = { [share in keyof typeof weights]: number };

/** A score counts in whole millionths, so that a page's key compares exactly. */
export const scoreUnit = 1_000_000;

/** How well the words of the query fit, 0 to 1, whatever else the score counts. */
export function relevanceOf({ text }: Pick<Why, 'text'>, query: Query): number {
  const most = shareWeights(asksOf(query)).text * scoreUnit;
  return most === 0 ? 0 : Math.min(1, Math.max(0, text / most));
}
