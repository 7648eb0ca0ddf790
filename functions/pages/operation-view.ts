/** One operation of the reference: how it is asked, and what it answers. */

import { html } from 'hono/html';
import {
  type Answer,
  anchorOf,
  type Content,
  examplesOf,
  type Media,
  nameOf,
  type OpenApiDocument,
  type Parameter,
  parameterExample,
  type Route,
  sampleCommand,
  sampleUrl,
} from '../openapi-document.ts';
import { codeBlock } from './code-block.ts';
import { type Html, nothing } from './html.ts';
import { isProblemCode } from './problem-pages.ts';
import { limitsView, membersView, typeView } from './schema-view.ts';

export function operationView(route: Route, document: OpenApiDocument, origin: string): Html {
  const { method, path, operation } = route;
  const anchor = anchorOf(route);
  const { summary, description } = operation;
  return html`<section class="route" aria-labelledby="${anchor}">
<h3 id="${anchor}"><a href="#${anchor}"><span class="method">${method}</span> <code>${breakable(path)}</code></a></h3>
<p>${summary ? html`${codeMarks(summary)}. ` : nothing}${codeMarks(description ?? '')}</p>
${codeBlock('Shell', html`${sampleCommand(route, origin, document)}`)}
${tryView(route)}
${parametersView(operation.parameters ?? [])}
${bodyView(operation.requestBody?.content ?? {}, document)}
<h4>Answers</h4>
<dl class="members answers">${Object.entries(operation.responses ?? {}).map(([status, answer]) => answerView(status, answer, document))}</dl>
</section>`;
}

/** A link for what a browser can simply open; with an address in its path, the sample would hardly be there. */
function tryView(route: Route): Html {
  if (route.method !== 'GET' || route.path.includes('{')) return nothing;
  return html`<p><a class="try" href="${sampleUrl(route, '')}">Try it</a></p>`;
}

/** Lets a long path break after its slashes. */
export function breakable(path: string): Html {
  return html`${path.split(/(?<=\/)/).map((part) => html`${part}<wbr>`)}`;
}

function parametersView(parameters: Parameter[]): Html {
  if (parameters.length === 0) return nothing;
  return html`<h4>Parameters</h4>
<dl class="members">${parameters.map((parameter) => {
    const schema = parameter.schema ?? {};
    const description = parameter.description ?? schema.description;
    const example = parameterExample(parameter);
    return html`<div><dt><code>${parameter.name}</code> <span class="type">${typeView(schema)} in ${parameter.in}</span>${parameter.required ? nothing : html` <span class="optional">optional</span>`}</dt><dd>${description ? html`<p>${codeMarks(description)}</p>` : nothing}${limitsView(schema)}${example === undefined ? nothing : html`<span class="limits">such as <code>${String(example)}</code></span>`}</dd></div>`;
  })}</dl>`;
}

function bodyView(content: Content, document: OpenApiDocument): Html {
  return html`${Object.entries(content).map(([mediaType, media]) => {
    const { schema = {} } = media;
    const named = schema.$ref && document.components?.schemas?.[nameOf({ $ref: schema.$ref })];
    const members = membersView(named || schema);
    return html`<h4>Body <span class="type">${schema.$ref ? html`${typeView(schema)}, ` : nothing}${mediaType}</span></h4>
${members}${examplesView(media, document)}`;
  })}`;
}

function answerView(status: string, answer: Answer, document: OpenApiDocument): Html {
  const contents = Object.entries(answer.content ?? {});
  const types = contents.map(([mediaType, { schema }]) => {
    const members = schema && !schema.$ref && schema.properties ? membersView(schema) : nothing;
    return html`<span class="limits">${schema ? html`${typeView(schema)}, ` : nothing}<code>${mediaType}</code></span>${members}`;
  });
  const examples = contents.map(([, media]) => examplesView(media, document));
  return html`<div><dt><code class="status s${status.slice(0, 1)}">${status}</code></dt><dd><p>${codeMarks(answer.description ?? '')}</p>${types}${headersView(answer)}${examples}</dd></div>`;
}

function headersView({ headers = {} }: Answer): Html {
  const named = Object.entries(headers).map(
    ([name, header], at) =>
      html`${at > 0 ? ', ' : nothing}${'$ref' in header ? html`<a href="#header-${nameOf(header)}">${name}</a>` : html`${name} (${header.description})`}`,
  );
  return named.length > 0 ? html`<span class="limits">headers: ${named}</span>` : nothing;
}

function examplesView(media: Media, document: OpenApiDocument): Html {
  return html`${examplesOf(media, document).map(
    ([name, { value }]) =>
      html`<details><summary>${isProblemCode(name) ? html`Example: ${name}` : 'Example'}</summary>${codeBlock(
        typeof value === 'string' ? 'Text' : 'JSON',
        html`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`,
      )}</details>`,
  )}`;
}

/** Text in which backticks mark code; a problem's code leads to its page. */
export function codeMarks(text: string): Html {
  return html`${text.split('`').map((part, at) => (at % 2 === 1 ? codeMark(part) : html`${part}`))}`;
}

function codeMark(text: string): Html {
  return isProblemCode(text)
    ? html`<a href="/problems/${text}"><code>${text}</code></a>`
    : html`<code>${text}</code>`;
}
