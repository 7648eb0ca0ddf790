/**
 * XEP-0202: Entity Time (2.0), in the formats of XEP-0082.
 * https://xmpp.org/extensions/xep-0202.html
 */

import { NS_TIME } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** @throws {ParseError} where the element is no time. */
export function readTime(element: Element): Date {
  expectElement(element, 'time', NS_TIME);
  const time = new Date(element.getChildText('utc', NS_TIME) ?? '');
  if (Number.isNaN(time.getTime())) throw new ParseError('a time expected in <utc/>');
  return time;
}

/** Where the entity stands is not told: its own offset is that of UTC. */
export function writeTime(time: Date): Element {
  const utc = `${time.toISOString().slice(0, 19)}Z`;
  return xml('time', { xmlns: NS_TIME }, xml('tzo', {}, '+00:00'), xml('utc', {}, utc));
}
