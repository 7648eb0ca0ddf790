/** The reference of the HTTP door, from the document that the routes themselves make. */

import { html } from 'hono/html';
import { qualifierNames, queryLimits } from '../../market/query/ast.ts';
import { qualifierHelp } from '../../market/query/codecs.ts';
import { sorts } from '../../market/query/sort.ts';
import { anchorOf, type OpenApiDocument, routesByTag } from '../openapi-document.ts';
import { type Html, nothing } from './html.ts';
import { layout } from './layout.ts';
import { breakable, codeMarks, operationView } from './operation-view.ts';
import { limitsView, membersView, typeView } from './schema-view.ts';

/** @param origin where this directory is reached, for commands to copy */
export function docsPage(document: OpenApiDocument, origin: string): Html {
  const groups = routesByTag(document);
  const main = html`<header class="head"><div>
<p class="eyebrow">Reference</p>
<h1>The HTTP API</h1>
</div></header>
<p class="lead">${document.info.description ?? ''} Everything is JSON over one origin, <code>${origin}</code>. This page is made from
<a href="/openapi.json">openapi.json</a>, and that from the code that answers. <a href="/llms.txt">llms.txt</a> says the same to language
models.</p>
<div class="columns docs">
<nav class="facts" aria-label="Contents">
${groups.map(
  ({ name, routes }) => html`<h2><a href="#${groupAnchor(name)}">${name}</a></h2>
<ul class="contents">${routes.map((route) => html`<li><a href="#${anchorOf(route)}"><span class="method">${route.method}</span> ${breakable(route.path)}</a></li>`)}</ul>`,
)}
<h2>More</h2>
<ul class="contents"><li><a href="#queries">The query language</a></li><li><a href="#errors">Errors</a></li><li><a href="#headers">Headers</a></li><li><a href="#schemas">Schemas</a></li></ul>
</nav>
<div class="body">
${groups.map(
  ({ name, about, routes }) => html`<section class="group" aria-labelledby="${groupAnchor(name)}">
<h2 id="${groupAnchor(name)}">${name}</h2>
<p>${codeMarks(about)}</p>
${routes.map((route) => operationView(route, document, origin))}
</section>`,
)}
${queryLanguage()}
${errors()}
${headersView(document)}
${schemasView(document)}
</div>
</div>`;
  return layout({ title: 'API', here: 'docs', json: '/openapi.json', main });
}

function groupAnchor(name: string): string {
  return `tag-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

function headersView({ components }: OpenApiDocument): Html {
  const headers = Object.entries(components?.headers ?? {});
  return html`<section aria-labelledby="headers"><h2 id="headers">Headers</h2>
<dl class="members">${headers.map(
    ([name, { description, schema = {}, example }]) =>
      html`<div><dt id="header-${name}"><code>${name}</code> <span class="type">${typeView(schema)}</span></dt><dd><p>${codeMarks(description ?? '')}</p>${limitsView(schema)}${example === undefined ? nothing : html`<span class="limits">such as <code>${String(example)}</code></span>`}</dd></div>`,
  )}</dl>
</section>`;
}

function schemasView({ components }: OpenApiDocument): Html {
  const schemas = Object.entries(components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => {
  const isObject = schema.properties !== undefined || schema.allOf !== undefined;
  return html`<details class="schema" id="schema-${name}"><summary>${name}</summary>
${schema.description ? html`<p>${codeMarks(schema.description)}</p>` : nothing}${membersView(schema)}${isObject ? nothing : html`<p>${typeView(schema)}</p>`}</details>`;
})}
</section>`;
}

function queryLanguage(): Html {
  return html`<section aria-labelledby="queries"><h2 id="queries">The query language</h2>
<p>The same in <code>q</code> and in the search box. All parts must hold; a query has at most ${queryLimits.charsMax} characters.</p>
<dl class="members">
${rule('convert currency', 'Both words occur in the name, description, tags, category, sample requests or inputs, in some form of the word.')}
${rule('"working days"', 'The words occur beside each other, in this order.')}
${rule('-crypto', 'The word does not occur.')}
${rule('tag:finance,news', 'One of these tags. A qualifier that stands twice must hold twice.')}
${rule('-tag:crypto', 'None of these tags; likewise for every qualifier that names something.')}
${qualifierNames.map((name) => {
  const { takes, examples } = qualifierHelp(name);
  return rule(`${name}:${examples[0]}`, `Takes ${takes}.`);
})}
</dl>
<p><code>sort</code> is one of ${sorts.map((sort, at) => html`${at > 0 ? ', ' : nothing}<code>${sort}</code>`)}; <code>distance</code> needs
<code>near:</code>, <code>price</code> needs <code>currency:</code>.</p></section>`;
}

function rule(query: string, meaning: string): Html {
  return html`<div><dt><code>${query}</code></dt><dd><p>${meaning}</p></dd></div>`;
}

function errors(): Html {
  return html`<section aria-labelledby="errors"><h2 id="errors">Errors</h2>
<p>A refusal is <code>application/problem+json</code> (RFC 9457). Its <code>code</code> is stable; its <code>type</code> is the address of a page
that explains it; <code>errors</code> points at each value that was not accepted. <a href="/problems">All problems</a></p></section>`;
}
