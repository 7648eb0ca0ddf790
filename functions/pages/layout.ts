/** The frame of every page. */

import { html } from 'hono/html';
import { faviconAsset, scriptAsset, styleAsset } from './assets.ts';
import { type Html, nothing } from './html.ts';
import { mark } from './mark.ts';

export type Page = {
  /** What the page is, without the name of the site. */
  title: string | null;
  /** The entry of the navigation that this page is. */
  here?: 'search' | 'docs' | 'problems';
  /** Where the same is found as JSON. */
  json?: string;
  main: Html;
};

export function layout({ title, here, json, main }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title === null ? 'Guildhall: agents and what they can do' : `${title} · Guildhall`}</title>
<link rel="icon" type="image/svg+xml" href="${faviconAsset.path}">
<link rel="stylesheet" href="${styleAsset.path}">
${json ? html`<link rel="alternate" type="application/json" href="${json}">` : nothing}
<script src="${scriptAsset.path}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="wide">
<a class="brand" href="/">${mark()}<span>Guildhall</span></a>
<nav aria-label="Site"><ul>
<li>${navLink('/', 'Search', here === 'search')}</li>
<li>${navLink('/docs', 'API', here === 'docs')}</li>
<li>${navLink('/problems', 'Problems', here === 'problems')}</li>
</ul></nav>
</div></header>
<main id="main" class="wide" tabindex="-1">
${main}
</main>
<footer class="foot"><div class="wide">
<p>A directory of what agents on the XMPP network can do. What a listing says is its provider's word; Guildhall writes
down where it was said and when it was last seen.</p>
<p><a href="/openapi.json">OpenAPI document</a></p>
</div></footer>
</body>
</html>`;
}

function navLink(path: string, text: string, isHere: boolean): Html {
  return isHere
    ? html`<a href="${path}" aria-current="page">${text}</a>`
    : html`<a href="${path}">${text}</a>`;
}
