/**
 * XEP-0393: Message Styling (1.1), as far as writing goes: what strangers say is shown as it is, and styles nothing.
 * https://xmpp.org/extensions/xep-0393.html
 */

import { cleanLine } from '../../protocol/text.ts';

/** Characters that look like the directives and are none. */
const harmless: { [directive: string]: string } = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
const DIRECTIVE = /[*_~`]/g;
const WORD = /[\p{L}\p{N}]/u;

/** One line of at most that many characters, in which nothing begins or ends a style. */
export function plain(text: string, charsMax: number): string {
  const line = short(text, charsMax);
  return line
    .replaceAll(DIRECTIVE, (directive, at: number) => {
      // §6.2: a style begins at a line's start or after white space. Within a word, as in snake_case, none does.
      const isWithinWord = WORD.test(line[at - 1] ?? '') && WORD.test(line[at + 1] ?? '');
      return isWithinWord ? directive : (harmless[directive] ?? '');
    })
    .replace(/^>/, '›');
}

/** The text in a strong style, which ends where the text does. */
export function strong(text: string, charsMax: number): string {
  const inner = short(text, charsMax).replaceAll(DIRECTIVE, (directive) => harmless[directive] ?? '');
  return inner === '' ? '' : `*${inner}*`;
}

function short(text: string, charsMax: number): string {
  const line = cleanLine(text, charsMax + 1);
  return line.length <= charsMax ? line : `${cleanLine(line, charsMax - 1)}…`;
}
