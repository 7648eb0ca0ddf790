/** What every page writes with: templates that escape whatever is put into them. */

import { html } from 'hono/html';

/** Markup that is complete and escaped. */
export type Html = ReturnType<typeof html>;

export const nothing: Html = html``;

/** A stranger's words within a line: escaped, and unable to reorder the text around them. */
export function said(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** The first `charsMax` characters, cut at a word where one ends near. */
export function excerpt(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const cut = text
    .slice(0, charsMax)
    .toWellFormed()
    .replace(/\ufffd$/, '');
  const space = cut.lastIndexOf(' ');
  return `${(space > charsMax * 0.7 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
