/**
 * XEP-0059: Result Set Management (1.0).
 * https://xmpp.org/extensions/xep-0059.html
 */

import { NS_RSM } from './namespaces.ts';
import { type Element, xml } from './xml.ts';

export type RsmRequest = { max: number; after: string | null };
export type RsmResult = { first: string | null; last: string | null; count: number | null };

const keyCharsMax = 4096;

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
