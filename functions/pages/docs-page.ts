/** The reference of the HTTP door, from the document that the routes themselves make. */

import { html } from 'hono/html';
import { qualifierNames, queryLimits } from '../../market/query/ast.ts';
import { qualifierHelp } from '../../market/query/codecs.ts';
import { sorts } from '../../market/query/sort.ts';
import { type Html, nothing } from './html.ts';
import { layout } from './layout.ts';
import { isProblemCode } from './problem-pages.ts';
import { limitsView, membersView, type Schema, typeView } from './schema-view.ts';

type Content = { [mediaType: string]: { schema?: Schema } };
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Answer = { description?: string; content?: Content };
type Operation = {
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: { [status: string]: Answer };
};

/** The parts of an OpenAPI 3.1 document that the page shows. */
export type OpenApiDocument = {
  info: { title: string; version: string; description?: string };
  paths?: { [path: string]: { [method: string]: Operation } };
  components?: { schemas?: { [name: string]: Schema } };
};

type Route = { method: string; path: string; operation: Operation };

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export function docsPage(document: OpenApiDocument, origin: string): Html {
  const routes = routesOf(document);
  const schemas = Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const main = html`<header class="head"><div>
<p class="eyebrow">Reference</p>
<h1>The HTTP API</h1>
</div></header>
<p class="lead">${document.info.description ?? ''} Everything is JSON over one origin, <code>${origin}</code>. This page is made from
<a href="/openapi.json">openapi.json</a>, and that from the code that answers.</p>
<div class="columns docs">
<nav class="facts" aria-label="Contents">
<h2>Routes</h2>
<ul class="contents">${routes.map((route) => html`<li><a href="#${anchor(route)}"><span class="method">${route.method}</span> ${breakable(route.path)}</a></li>`)}</ul>
<h2>More</h2>
<ul class="contents"><li><a href="#queries">The query language</a></li><li><a href="#errors">Errors</a></li><li><a href="#schemas">Schemas</a></li></ul>
</nav>
<div class="body">
${routes.map(routeView)}
${queryLanguage()}
${errors()}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => html`<details class="schema" id="schema-${name}"><summary>${name}</summary>${membersView(schema)}${schema.properties || schema.allOf ? nothing : html`<p>${typeView(schema)}</p>`}</details>`)}
</section>
</div>
</div>`;
  return layout({ title: 'API', here: 'docs', json: '/openapi.json', main });
}

function routesOf(document: OpenApiDocument): Route[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

function anchor({ method, path }: Route): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, '');
}

/** Lets a long path break after its slashes. */
function breakable(path: string): Html {
  return html`${path.split(/(?<=\/)/).map((part) => html`${part}<wbr>`)}`;
}

function routeView(route: Route): Html {
  const { method, path, operation } = route;
  return html`<section class="route" aria-labelledby="${anchor(route)}">
<h2 id="${anchor(route)}"><span class="method">${method}</span> <code>${breakable(path)}</code></h2>
<p>${operation.summary ?? ''}${operation.summary ? '.' : ''} ${operation.description ?? ''}</p>
${parametersView(operation.parameters ?? [])}
${bodyView(operation.requestBody)}
<h3>Answers</h3>
<dl class="members answers">${Object.entries(operation.responses ?? {}).map(([status, answer]) => answerView(status, answer))}</dl>
</section>`;
}

function parametersView(parameters: Parameter[]): Html {
  if (parameters.length === 0) return nothing;
  return html`<h3>Parameters</h3>
<dl class="members">${parameters.map((parameter) => {
    const schema = parameter.schema ?? {};
    const description = parameter.description ?? schema.description;
    return html`<div><dt><code>${parameter.name}</code> <span class="type">${typeView(schema)} in ${parameter.in}</span>${parameter.required ? nothing : html` <span class="optional">optional</span>`}</dt><dd>${description ? html`<p>${codeMarks(description)}</p>` : nothing}${limitsView(schema)}${schema.example === undefined ? nothing : html`<span class="limits">such as <code>${String(schema.example)}</code></span>`}</dd></div>`;
  })}</dl>`;
}

function bodyView(body: Operation['requestBody']): Html {
  return html`${Object.entries(body?.content ?? {}).map(
    ([mediaType, { schema }]) => html`<h3>Body <span class="type">${mediaType}</span></h3>
${schema?.$ref ? html`<p>${typeView(schema)}</p>` : membersView(schema ?? {})}`,
  )}`;
}

function answerView(status: string, answer: Answer): Html {
  const bodies = Object.entries(answer.content ?? {}).map(([mediaType, { schema }]) => {
    const members = schema && !schema.$ref && schema.properties ? membersView(schema) : nothing;
    return html`<span class="limits">${schema ? html`${typeView(schema)}, ` : nothing}<code>${mediaType}</code></span>${members}`;
  });
  return html`<div><dt><code class="status s${status.slice(0, 1)}">${status}</code></dt><dd><p>${codeMarks(answer.description ?? '')}</p>${bodies}</dd></div>`;
}

/** Text in which backticks mark code; a problem's code leads to its page. */
function codeMarks(text: string): Html {
  return html`${text.split('`').map((part, at) => (at % 2 === 1 ? codeMark(part) : html`${part}`))}`;
}

function codeMark(text: string): Html {
  return isProblemCode(text)
    ? html`<a href="/problems/${text}"><code>${text}</code></a>`
    : html`<code>${text}</code>`;
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
