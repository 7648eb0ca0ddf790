/**
 * Cleaning of text that came from the network, before anything else sees it: Unicode NFC, no control characters
 * (XML 1.0 and Postgres forbid some of them), no characters that reorder or hide text, bounded length.
 */

// C0 and C1 controls but tab and line feed; bidi marks, embeddings, overrides and isolates; zero-width and
// line/paragraph separators; noncharacters. ZWJ and ZWNJ stay: scripts and emoji need them.
const UNWANTED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]/gu;

/** Characters that XML 1.0 §2.2 does not allow in a document, escaped or not. */
const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text of several lines: at most `charsMax` UTF-16 units, never ending inside a surrogate pair. */
export function cleanText(text: string, charsMax: number): string {
  // Cut before normalising, so that a huge text costs no more than a bounded one; four units may become one in NFC.
  const cut = text.slice(0, charsMax * 4).toWellFormed();
  const clean = cut
    .replaceAll(/\r\n?/g, '\n')
    .normalize('NFC')
    .replaceAll(UNWANTED, '')
    .replaceAll('\ufffd', '')
    .trim();
  return truncate(clean, charsMax);
}

/** Text of one line: line breaks and runs of white space become one space. */
export function cleanLine(text: string, charsMax: number): string {
  return truncate(cleanText(text, charsMax * 2).replaceAll(/\s+/g, ' '), charsMax).trim();
}

/** The text without the characters that would make a server close the stream. */
export function xmlSafe(text: string): string {
  return text.toWellFormed().replaceAll(NOT_XML, '');
}

/** A token such as a variable, node or datatype is taken as it is or, when it holds anything odd, not at all. */
export function token(text: string | null | undefined, charsMax: number): string | null {
  if (!text || text.length > charsMax || !text.isWellFormed()) return null;
  return text.replaceAll(UNWANTED, '') === text && text.trim() === text ? text : null;
}

function truncate(text: string, charsMax: number): string {
  return text.length <= charsMax
    ? text
    : text
        .slice(0, charsMax)
        .toWellFormed()
        .replace(/\ufffd$/, '');
}
