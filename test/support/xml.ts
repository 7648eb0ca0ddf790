import { readFileSync } from 'node:fs';
import { type Element, Parser } from '@xmpp/xml';

/** The one element that the text is. */
export function parseXml(text: string): Element {
  const parser = new Parser();
  let found: Element | null = null;
  parser.on('element', (element) => {
    found ??= element;
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(`<stream xmlns='jabber:client'>${text.trim()}`);
  if (!found) throw new Error('the text is not one whole element');
  return found;
}

/** The stanza of a file under test/fixtures. */
export function fixture(path: string): Element {
  return parseXml(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));
}

/** Equal for elements that mean the same: attributes sorted, white space between elements dropped. */
export function canonicalXml(element: Element): string {
  const attrs = Object.entries(element.attrs)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const hasElements = element.getChildElements().length > 0;
  const children = element.children.map((child) => {
    if (typeof child !== 'string') return canonicalXml(child);
    return hasElements ? child.trim() : child;
  });
  return `<${element.name}${attrs.join('')}>${children.join('')}</${element.name}>`;
}
