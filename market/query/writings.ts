/** Other ways to write a word, so that who asks for `e-mail`, `email` or `mail` finds them all. */

import { folded } from './fold.ts';
import { wordWritings } from './synonyms.ts';

export const writingLimits = {
  /** Compounds of one text that are written joined as well, and the letters of each. */
  joinedMax: 50,
  joinedCharsMax: 30,
} as const;

/** `to-do`, `TL;DR`, `x.509`: letters and digits with a mark between them. */
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑;.'’·/][\p{L}\p{N}]+)+/gu;
/** `sendSms`, `HTMLBody`. */
const CAMEL = /\p{L}*\p{Ll}\p{Lu}\p{L}*/gu;

/** What is indexed beside the text as it is: compounds written as one word, and words that were written as one. */
export function otherWritings(text: string): string[] {
  const joined = [...text.matchAll(COMPOUND)].map(([compound]) => joinedWord(compound));
  const split = [...text.matchAll(CAMEL)].map(([word]) => splitWord(word));
  return [...new Set([...joined, ...split])]
    .filter((word) => word.length <= writingLimits.joinedCharsMax)
    .slice(0, writingLimits.joinedMax);
}

/** What a term may be written as by those who mean the same: the term itself first. */
export function writingsOf(term: string): string[] {
  const plain = folded(term);
  const joined = joinedWord(plain);
  const apart = splitWord(term).replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ');
  const synonyms = table().get(joined) ?? table().get(singular(joined)) ?? [];
  return [...new Set([term, plain, joined, apart, ...synonyms].filter((text) => text.trim() !== ''))];
}

function joinedWord(compound: string): string {
  return compound.replaceAll(/[^\p{L}\p{N}\s]/gu, '');
}

function splitWord(word: string): string {
  return word.replaceAll(/(\p{Ll})(?=\p{Lu})/gu, '$1 ').replaceAll(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ');
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

let built: ReadonlyMap<string, readonly string[]> | null = null;

/** Made when first needed: importing a module does nothing. */
function table(): ReadonlyMap<string, readonly string[]> {
  built ??= new Map(
    wordWritings.flatMap((group) => group.map((word) => [word.replaceAll(/[- ]/g, ''), group])),
  );
  return built;
}
