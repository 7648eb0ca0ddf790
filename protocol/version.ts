/**
 * XEP-0092: Software Version (1.1).
 * https://xmpp.org/extensions/xep-0092.html
 */

import { NS_VERSION } from './namespaces.ts';
import { cleanLine } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** `os` is nobody's business, and may be left out. */
export type Version = { name: string; version: string };

const lineCharsMax = 200;

/** @throws {ParseError} where the element is no software version. */
export function readVersion(element: Element): Version {
  expectElement(element, 'query', NS_VERSION);
  const line = (name: string) => cleanLine(element.getChildText(name, NS_VERSION) ?? '', lineCharsMax);
  return { name: line('name'), version: line('version') };
}

export function writeVersion({ name, version }: Version): Element {
  return xml('query', { xmlns: NS_VERSION }, xml('name', {}, name), xml('version', {}, version));
}
