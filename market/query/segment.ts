/**
 * Words of scripts that are written without spaces, set apart so that Postgres's full text search sees them. The same
 * is done to what is indexed and to what is asked.
 */

/** What stands beyond is left as it is: a long text must not hold up the others. */
export const segmentCharsMax = 20_000;

/** Han, kana, Thai, Lao, Khmer and Burmese: the scripts that ICU knows words of. */
const SCRIPTS = ['Han', 'Hira', 'Kana', 'Thai', 'Laoo', 'Khmr', 'Mymr']
  .map((code) => `\\p{scx=${code}}`)
  .join('');
/** With the marks and joiners that stand on their letters. */
const RUN = new RegExp(`[${SCRIPTS}][${SCRIPTS}\\p{M}\\u200c\\u200d]*`, 'gu');

let segmenter: Intl.Segmenter | null = null;

/** The text with spaces around each word of those scripts; nothing else is changed, and nothing taken away. */
export function segment(text: string): string {
  // Never between the halves of a surrogate pair.
  const isSplit = /[\ud800-\udbff]/.test(text.charAt(segmentCharsMax - 1));
  const cut = isSplit ? segmentCharsMax - 1 : segmentCharsMax;
  const spaced = text.slice(0, cut).replaceAll(RUN, spacedRun);
  return spaced + text.slice(cut);
}

/** Spaces between the words, and at the ends where there is no white space yet. */
function spacedRun(run: string, at: number, text: string): string {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  const words = [...segmenter.segment(run)].map((part) => part.segment).join(' ');
  const before = at === 0 || /\s/.test(text.charAt(at - 1)) ? '' : ' ';
  const after = at + run.length === text.length || /\s/.test(text.charAt(at + run.length)) ? '' : ' ';
  return `${before}${words}${after}`;
}
