/** The words of a need that is said in a sentence (`query.text`, ARD v0.9 §7.1). */

import { queryLimits, type Term } from '../query/ast.ts';
import { charsOf, queryLine } from '../query/clean.ts';
import { isPlainWord } from '../query/parse.ts';

/**
 * What people wrap a need in, and what everything here is: "find me an agent that converts currencies" asks for two
 * words. All words that are looked for must occur, so these are not.
 */
const FILLERS = new Set(
  `a an and any are as at be by can could do does find for from get give have help how i in is it its like looking me
   my need of on or our please search show some something somebody someone tell that the their them there these this
   those to us want we what where which who will with would you your
   agent agents bot bots service services tool tools`.split(/\s+/),
);

/**
 * Every word as it stands: nothing in it is a qualifier, a phrase or an exclusion. Where it has only fillers, they
 * count. Answers what is wrong where it has too many.
 */
export function wordsOf(text: string): Term[] | { refused: string } {
  const { charsMax, termsMax, termCharsMax } = queryLimits;
  const chars = charsOf(text);
  if (chars > charsMax) return { refused: `a text of ${chars} characters; at most ${charsMax} are read` };
  const all = queryLine(text)
    .split(' ')
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}+#]+$/gu, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const needed = all.filter((word) => !FILLERS.has(word.toLowerCase()));
  const words = [...new Set(needed.length > 0 ? needed : all)];
  if (words.length > termsMax) return { refused: `${words.length} words; at most ${termsMax} are read` };
  const long = words.find((word) => charsOf(word) > termCharsMax);
  if (long !== undefined)
    return { refused: `a word of ${charsOf(long)} characters; at most ${termCharsMax} are read` };
  return words.map((word) => ({ text: word, phrase: !isPlainWord(word), excluded: false }));
}
