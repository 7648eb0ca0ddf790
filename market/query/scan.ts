/** The smallest parts of a query's text: words, quoted texts, and the values of a qualifier. */

/** What stopped the reading: `at` counts UTF-16 units from 0; the detail continues "Character N: ". */
export type Fault = { at: number; detail: string };
export type Scanned = { text: string; end: number };
export type ScannedValue = { text: string; at: number };

const SPACE = /\s/;

export function isFault(value: object): value is Fault {
  return 'detail' in value;
}

/** True for white space and beyond the end. */
export function isSpaceAt(text: string, at: number): boolean {
  return at >= text.length || SPACE.test(text.charAt(at));
}

/** From one quotation mark to the next; within, `\"` is a quotation mark and `\\` a backslash. */
export function quotedAt(text: string, at: number): Scanned | Fault {
  let quoted = '';
  for (let end = at + 1; end < text.length; end++) {
    const char = text.charAt(end);
    if (char === '"') return { text: quoted, end: end + 1 };
    const isEscape = char === '\\' && (text[end + 1] === '"' || text[end + 1] === '\\');
    if (isEscape) end++;
    quoted += text.charAt(end);
  }
  return { at, detail: "this quotation mark is never closed; expected another '\"'" };
}

/** Up to white space, a quotation mark, or one of the characters in `stops`. */
export function wordAt(text: string, at: number, stops = ''): Scanned {
  let end = at;
  while (!isSpaceAt(text, end) && text[end] !== '"' && !stops.includes(text.charAt(end))) end++;
  return { text: text.slice(at, end), end };
}

/** Values between commas, up to white space. Where a value has commas of its own, unquoted ones belong to it. */
export function valuesAt(
  text: string,
  start: number,
  hasCommas: boolean,
): { values: ScannedValue[]; end: number } | Fault {
  const values: ScannedValue[] = [];
  let at = start;
  while (true) {
    const value = valueAt(text, at, hasCommas ? '' : ',');
    if (isFault(value)) return value;
    values.push({ text: value.text, at });
    at = value.end;
    if (isSpaceAt(text, at)) return { values, end: at };
    if (text[at] !== ',') {
      const detail = 'expected a comma, a space or the end; put the whole value in quotation marks';
      return { at, detail };
    }
    at++;
  }
}

/** A value is quoted, or bare; after an equals sign (`to="US dollar"`) its rest may be quoted. */
function valueAt(text: string, at: number, stops: string): Scanned | Fault {
  if (text[at] === '"') return quotedAt(text, at);
  const bare = wordAt(text, at, stops);
  if (text[bare.end] !== '"' || !bare.text.endsWith('=')) return bare;
  const rest = quotedAt(text, bare.end);
  return isFault(rest) ? rest : { text: bare.text + rest.text, end: rest.end };
}
