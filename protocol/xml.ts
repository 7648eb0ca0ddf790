/** The few things every codec needs beside `@xmpp/xml`: bounded reading of an element. */

import type { Element } from '@xmpp/xml';
import { ParseError } from './parse-error.ts';

export { Element, xml } from '@xmpp/xml';

/** Elements deeper than this are refused before anything walks them by recursion. */
export const depthMax = 40;
/** A stanza has at most this many elements, all levels counted. */
export const elementsMax = 50_000;

/** The child with that name and namespace. @throws {ParseError} where there is none. */
export function requireChild(element: Element, name: string, xmlns: string): Element {
  const child = element.getChild(name, xmlns);
  if (!child) throw new ParseError(`<${name} xmlns='${xmlns}'/> is missing`);
  return child;
}

/** @throws {ParseError} where the element is not the named one. */
export function expectElement(element: Element, name: string, xmlns: string): void {
  if (!element.is(name, xmlns)) throw new ParseError(`<${name} xmlns='${xmlns}'/> expected`);
}

/** True where the element's tree is within `depthMax` and `elementsMax`; walks without recursion. */
export function isWithinBounds(element: Element): boolean {
  let level: Element[] = [element];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    if (depth > depthMax || count > elementsMax) return false;
    level = level.flatMap((parent) => parent.getChildElements());
  }
  return true;
}

/** The children's first `max` elements of that name, and whether there were more. */
export function boundedChildren(element: Element, name: string, xmlns: string, max: number): Element[] {
  const found = element.getChildren(name, xmlns);
  if (found.length > max) throw new ParseError(`more than ${max} <${name}/>`);
  return found;
}

/** True where both say the same: names, attributes in any order, texts and elements in theirs. */
export function isAlike(one: Element, other: Element): boolean {
  const [ours, theirs] = [one, other].map((element) => element.getChildElements()) as [Element[], Element[]];
  return (
    one.name === other.name &&
    attributesOf(one) === attributesOf(other) &&
    one.text() === other.text() &&
    ours.length === theirs.length &&
    ours.every((child, at) => isAlike(child, theirs[at] as Element))
  );
}

function attributesOf({ attrs }: Element): string {
  const stated = Object.entries(attrs).filter(([, value]) => value !== undefined && value !== null);
  return JSON.stringify(stated.map(([name, value]) => [name, String(value)]).sort());
}
