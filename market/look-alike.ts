/**
 * Names that look like other names: letters of several scripts in one word, and letters that are drawn as others are.
 * After UTS #39 (Unicode Security Mechanisms, 17.0): §4 skeletons, §5.1 single script, §5.2 "moderately restrictive";
 * applied to each word, since a name may well have a word in one script and a word in another.
 */

/** Longer names are judged by their beginning. */
const nameCharsMax = 500;

/** The scripts that UAX #31 recommends for names (table 5); letters of any other count as one more, `Other`. */
const SCRIPTS = [
  ...['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Hebrew', 'Arabic', 'Han', 'Hiragana', 'Katakana', 'Hangul'],
  ...['Bopomofo', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada'],
  ...['Malayalam', 'Sinhala', 'Thai', 'Lao', 'Tibetan', 'Myanmar', 'Khmer', 'Georgian', 'Ethiopic', 'Thaana'],
].map((name): [string, RegExp] => [name, new RegExp(`^\\p{Script=${name}}$`, 'u')]);

/** Scripts that are written together (§5.1, table 1a), each with Latin. */
const TOGETHER = [
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Bopomofo'],
  ['Han', 'Hangul'],
];

/** Scripts so like Latin that they never stand in one word with it (§5.2, and Armenian). */
const NOT_WITH_LATIN = ['Greek', 'Cyrillic', 'Armenian', 'Other'];

/** Letters with the Latin ones that they are drawn as: what matters most of confusables.txt. */
const CONFUSABLES: ReadonlyMap<string, string> = new Map(
  [
    'АA аa ВB ЕE еe ЅS ѕs ІI іi ЈJ јj КK МM НH ОO оo РP рp СC сc ТT УY уy ХX хx', // Cyrillic
    'ѴV ѵv Ԁd ԁd ԌG Һh һh Ӏl ӏl ԚQ ԛq ԜW ԝw ҮY үy',
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa γy ιi κk νv οo ρp υu ϲc ϹC ϳj ϜF', // Greek
    'օo հh ոn սu ցg ՕO ՍU ՏS', // Armenian
    'ᎪA ᎠD ᎬE ᎡR ᎢT Ꭵi ᎫJ ᎳW ᎷM ᎻH ᏀG Ꮒh ᏃZ Ꮟb ᏙV ᏚS ᏞL ᏟC ᏢP ᏦK ᏴB', // Cherokee
    'ıi ɑa ɡg ǀl', // Latin
  ].flatMap((pairs) =>
    pairs.split(' ').map((pair): [string, string] => [[...pair][0] ?? '', [...pair][1] ?? '']),
  ),
);

/** Latin letters and digits in another width or style, which look like the plain ones and are not. */
const STYLED = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/u;

/**
 * What the name is drawn like: two names with one skeleton look alike. It is for comparing and showing, never a name.
 */
export function skeletonOf(name: string): string {
  // Twice, since some letters are drawn as Latin ones only before NFKC folds them (U+03F2), others only after.
  const once = drawn(name.slice(0, nameCharsMax).normalize('NFD'));
  const twice = drawn(once.normalize('NFKD')).normalize('NFC');
  // Only Latin letters lose their case: a capital of another script may look like nothing, and its small letter not.
  return twice.replaceAll(/\p{Script=Latin}/gu, (letter) => letter.toLowerCase());
}

/** The Latin name that the name looks like, in lower case; null where it is no other name than it seems. */
export function lookAlikeOf(name: string): string | null {
  const skeleton = skeletonOf(name);
  const isLatin = lettersOf(skeleton).every((letter) => scriptOf(letter) === 'Latin');
  return isLatin && skeleton !== name.slice(0, nameCharsMax).normalize('NFC').toLowerCase() ? skeleton : null;
}

/**
 * True where a word of the name mixes scripts that are not written together, or plain letters with styled ones, or
 * digits of two kinds; or where all that is not Latin in it could be. A name that is wholly in one script is never
 * suspicious by itself, even where `lookAlikeOf` can read it as Latin: ordinary words of Russian and Greek can be.
 */
export function isSuspicious(name: string): boolean {
  const words = wordsOf(name.slice(0, nameCharsMax).normalize('NFC'));
  return words.some(isMixed) || isDisguised(words);
}

function drawn(text: string): string {
  return [...text].map((letter) => CONFUSABLES.get(letter) ?? letter).join('');
}

function isMixed(word: string): boolean {
  const scripts = new Set(lettersOf(word).map(scriptOf));
  scripts.delete('Common');
  const isStyled = STYLED.test(word) && /[a-z0-9]/i.test(word) && scripts.size < 2;
  return !areTogether(scripts) || isStyled || digitKinds(word) > 1;
}

function areTogether(scripts: ReadonlySet<string>): boolean {
  const others = [...scripts].filter((script) => script !== 'Latin');
  if (others.length === 0) return true;
  if (TOGETHER.some((group) => others.every((script) => group.includes(script)))) return true;
  return others.length === 1 && !(scripts.has('Latin') && NOT_WITH_LATIN.includes(others[0] ?? ''));
}

/** Beside Latin words, Greek or Cyrillic ones in which every letter has a Latin double. */
function isDisguised(words: readonly string[]): boolean {
  const letters = words.flatMap(lettersOf);
  const foreign = letters.filter((letter) => NOT_WITH_LATIN.includes(scriptOf(letter)));
  const hasLatin = letters.some((letter) => scriptOf(letter) === 'Latin');
  // A single letter is a word of its own in Russian, and a symbol in Greek.
  return hasLatin && foreign.length > 1 && foreign.every((letter) => CONFUSABLES.has(baseOf(letter)));
}

/** Plain digits are one kind, all others together another. */
function digitKinds(word: string): number {
  return [/[0-9]/, /[^\P{Nd}0-9]/u].filter((kind) => kind.test(word)).length;
}

/** The letter without its accents. */
function baseOf(letter: string): string {
  return [...letter.normalize('NFD')][0] ?? letter;
}

function wordsOf(name: string): string[] {
  return name.match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? [];
}

function lettersOf(text: string): string[] {
  return text.match(/\p{L}/gu) ?? [];
}

function scriptOf(letter: string): string {
  const script = SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0];
  return script ?? (/^[\p{Script=Common}\p{Script=Inherited}]$/u.test(letter) ? 'Common' : 'Other');
}
