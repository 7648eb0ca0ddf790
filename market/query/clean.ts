/** Cleaning of a query's parts (see `protocol/text`), so that cleaning what is clean changes nothing. */

import { cleanLine, cleanText } from '../../protocol/text.ts';
import { queryLimits } from './ast.ts';

/** Room for the composed letters that NFC takes apart: nothing is cut here, too long parts are refused elsewhere. */
const roomChars = 4 * queryLimits.charsMax;

/** One line. Cleaned twice, since letters that a removed character held apart compose only then. */
export function queryLine(text: string): string {
  return cleanLine(cleanLine(text, roomChars), roomChars);
}

/** One line in lower case, as tags are kept. */
export function queryToken(text: string): string {
  return queryLine(queryLine(text).toLowerCase());
}

/** As it is written, white space included. */
export function queryText(text: string): string {
  return cleanText(cleanText(text, roomChars), roomChars);
}

/** The number of characters (code points), which is how people and most languages count. */
export function charsOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** At most 40 characters of what somebody wrote, to name it in a message. */
export function shown(text: string): string {
  const chars = [...queryLine(text.slice(0, 200))];
  return chars.length > 40 ? `${chars.slice(0, 40).join('')}…` : chars.join('');
}
