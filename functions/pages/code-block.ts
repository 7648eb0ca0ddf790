/** Code to read and to copy. */

import { html } from 'hono/html';
import { type Html, nothing } from './html.ts';

/** @param isLive whether the script writes it anew while the form is filled in */
export function codeBlock(language: string, content: Html, isLive = false): Html {
  return html`<figure class="code"><figcaption>${language}</figcaption><pre tabindex="0" dir="ltr"${isLive ? html` data-submit` : nothing}><code>${content}</code></pre></figure>`;
}

/** One argument of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
