/** XML as people read it: one element a line, indented. */

import { html } from 'hono/html';
import { Element } from '../../protocol/xml.ts';
import { type Html, nothing } from './html.ts';

/** May wrap what one element became; the script finds its places by such wraps. */
type Wrap = (element: Element, content: Html) => Html;

export function xmlView(element: Element, wrap: Wrap = (_, content) => content, depth = 0): Html {
  const indent = '  '.repeat(depth);
  const open = openTag(element);
  const close = `</${element.name}>`;
  const children = element.getChildElements();
  if (children.length > 0) {
    const inner = children.map((child) => xmlView(child, wrap, depth + 1));
    return wrap(element, html`${indent}${open}\n${inner}${indent}${close}\n`);
  }
  const whole = element.toString();
  if (whole.endsWith('/>') && element.text() === '') return wrap(element, html`${indent}${whole}\n`);
  const text = whole.slice(open.length, -close.length);
  return wrap(element, html`${indent}${open}${text ? html`<b>${text}</b>` : nothing}${close}\n`);
}

/** The start tag alone, as the writer of stanzas escapes it. */
export function openTag(element: Element): string {
  return `${new Element(element.name, element.attrs).toString().slice(0, -2)}>`;
}
