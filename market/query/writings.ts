/** Other ways to write a word, so that who asks for `e-mail`, `email` or `mail` finds them all. */

import { folded } from './fold.ts';
import { wordWritings } from './synonyms.ts';

export const writingLimits = {
  /** Words of one text that are written in another way as well, and the letters of each. */
  othersMax: 200,
  wordCharsMax: 40,
} as const;

/** Words with a mark or with capitals inside (`to-do`, `TL;DR`, `sendSms`), or with letters beyond ASCII. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:[-‐‑;.'’·/][\p{L}\p{N}\p{M}]+)*/gu;
const SPECIAL = /[^a-zA-Z0-9]|\p{Ll}\p{Lu}/u;

/** What is indexed beside the text's own words: each joined, split at its capitals, and without its diacritics. */
export function otherWritings(text: string): string[] {
  const others = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    if (word.length > writingLimits.wordCharsMax || !SPECIAL.test(word)) continue;
    for (const other of [folded(word), folded(joinedWord(word)), folded(splitWord(word))]) {
      if (other !== word.toLowerCase()) others.add(other);
    }
    if (others.size >= writingLimits.othersMax) break;
  }
  return [...others];
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
