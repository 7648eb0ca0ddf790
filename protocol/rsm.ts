/**
 * XEP-0059: Result Set Management (1.0).
 * https://xmpp.org/extensions/xep-0059.html
 */

import { NS_RSM } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type Element, xml } from './xml.ts';

export type RsmRequest = { max: number; after: string | null };
export type RsmResult = { first: string | null; last: string | null; count: number | null };

/** Where a page that somebody asks for stands: after or before a key, or at either end of the whole. */
export type RsmPlace =
  | { from: 'start' | 'end' }
  | { from: 'after' | 'before'; key: string }
  | { from: 'index'; index: number };
/** A page that somebody asks for; `max` is null where they leave its size to whoever answers, 0 where only the count is wanted. */
export type RsmQuestion = { max: number | null; place: RsmPlace };

const keyCharsMax = 4096;

/**
 * Reads which page is asked for; null where none is, and the answer may be the whole.
 * @throws {ParseError} where a number is none, a key too long, or two places are named at once.
 */
export function readRsmQuestion(parent: Element): RsmQuestion | null {
  const set = parent.getChild('set', NS_RSM);
  if (!set) return null;
  const places = ['after', 'before', 'index'].filter((name) => set.getChild(name, NS_RSM));
  if (places.length > 1) throw new ParseError(`<${places.join('/> and <')}/> exclude each other`);
  const max = set.getChildText('max', NS_RSM);
  return { max: max === null ? null : wholeNumber('max', max), place: readPlace(set) };
}

function readPlace(set: Element): RsmPlace {
  const index = set.getChildText('index', NS_RSM);
  if (index !== null) return { from: 'index', index: wholeNumber('index', index) };
  for (const from of ['after', 'before'] as const) {
    const text = set.getChildText(from, NS_RSM);
    if (text === null) continue;
    if (text.length > keyCharsMax) throw new ParseError(`<${from}/> has more than ${keyCharsMax} characters`);
    // §2.5: an empty <before/> asks for the last page.
    if (text === '') return { from: from === 'before' ? 'end' : 'start' };
    return { from, key: text };
  }
  return { from: 'start' };
}

/** §2.1 has them as xs:unsignedInt; more digits than it has mean no more than its most. */
function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,20}$/.test(text.trim())) throw new ParseError(`<${name}/> is no whole number from 0 up`);
  return Math.min(Number(text), 2 ** 32 - 1);
}

export function readRsmResult(parent: Element): RsmResult | null {
  const set = parent.getChild('set', NS_RSM);
  if (!set) return null;
  const count = Number(set.getChildText('count', NS_RSM) ?? Number.NaN);
  return {
    first: key(set.getChildText('first', NS_RSM)),
    last: key(set.getChildText('last', NS_RSM)),
    count: Number.isSafeInteger(count) && count >= 0 ? count : null,
  };
}

export function writeRsmRequest(request: RsmRequest): Element {
  return xml(
    'set',
    { xmlns: NS_RSM },
    xml('max', {}, String(request.max)),
    request.after !== null && xml('after', {}, request.after),
  );
}

export function writeRsmResult(result: RsmResult): Element {
  return xml(
    'set',
    { xmlns: NS_RSM },
    result.first !== null && xml('first', {}, result.first),
    result.last !== null && xml('last', {}, result.last),
    result.count !== null && xml('count', {}, String(result.count)),
  );
}

function key(text: string | null): string | null {
  return text && text.length <= keyCharsMax ? text : null;
}
