/** A page for every problem that an answer can name, and the page that people see instead of one. */

import { html } from 'hono/html';
import { type Problem, type ProblemCode, problems } from '../../market/problem.ts';
import { problemExample } from '../problem-examples.ts';
import { codeBlock } from './code-block.ts';
import { type Html, said } from './html.ts';
import { layout } from './layout.ts';
import { fact } from './listing-page.ts';
import { searchPath } from './paths.ts';

export const problemCodes = Object.keys(problems) as ProblemCode[];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text);
}

export function problemListPage(): Html {
  const main = html`<header class="head"><div><p class="eyebrow">Reference</p><h1>Problems</h1></div></header>
<p class="lead">When the directory refuses, it says why: over HTTP as <code>application/problem+json</code> (RFC 9457), over XMPP as
a stanza error. Both are taken from this table.</p>
<table>
<thead><tr><th scope="col">Problem</th><th scope="col">HTTP status</th><th scope="col">Stanza error</th></tr></thead>
<tbody>${problemCodes.map(
    (code) =>
      html`<tr><th scope="row"><a href="/problems/${code}"><code>${code}</code></a><p>${problems[code].title}</p></th><td>${problems[code].status}</td><td><code>${problems[code].condition}</code></td></tr>`,
  )}</tbody>
</table></div>`;
  return layout({ title: 'Problems', here: 'problems', main });
}

export function problemPage(code: ProblemCode): Html {
  const { title, status, about, condition, type } = problems[code];
  const main = html`<header class="head"><div>
<p class="eyebrow"><a href="/problems">Problems</a></p>
<h1>${title}</h1>
<p class="by"><code>${code}</code></p>
</div></header>
<p class="lead">${about}</p>
<dl class="row">
${fact('HTTP status', html`${status}`)}
${fact('Stanza error', html`<code>${condition}</code>, type <code>${type}</code>`)}
</dl>
${codeBlock('JSON', html`${JSON.stringify(problemExample(code), null, 2)}`)}`;
  return layout({ title, here: 'problems', main });
}

/** What a person sees who came to a page that is not there. */
export function refusalPage(refused: Problem): Html {
  const { title, status } = problems[refused.problem];
  const isGone = refused.problem === 'listing-not-found' || refused.problem === 'agent-not-found';
  const main = html`<section class="hero">
<p class="eyebrow">${status}</p>
<h1>${title}</h1>
<p class="lead">${said(refused.detail)}</p>
<p>${isGone ? 'Its provider may have withdrawn it. ' : ''}<a href="${searchPath('')}">Search the listings</a>, or read
<a href="/problems/${refused.problem}">what this problem means</a>.</p>
</section>`;
  return layout({ title, main });
}
