/** Text without diacritics, as who has no such keys types it. */

/** The letters that stay whole when their marks are taken off. */
export const LETTERS: { [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

export const wholeLetters = /[ßæœøłđðþı]/g;

/** Marks on Latin and Greek letters are decoration here; in other scripts they make other letters. */
export function withoutMarks(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKD')
    .replaceAll(/([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC');
}

/** In lower case, with those letters spelled out that are letters of their own: `Straße` is `strasse`. */
export function folded(text: string): string {
  return withoutMarks(text)
    .toLowerCase()
    .replaceAll(wholeLetters, (letter) => LETTERS[letter] ?? letter);
}
