/** The front page: the search box, and what it found. */

import { html } from 'hono/html';
import { isProblem, type Problem, problems } from '../../market/problem.ts';
import { queryLimits } from '../../market/query/ast.ts';
import { type Sort, sortDefault } from '../../market/query/sort.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { layout } from './layout.ts';
import { searchPath } from './paths.ts';
import { type Found, resultsView, type Stage } from './results-view.ts';

export type Search = {
  /** The query as it was typed. */
  text: string;
  /** The order that the form asks for again. */
  sort: Sort;
  /** True on the pages after the first. */
  isLater: boolean;
  outcome: Found | Problem;
};

const headingCharsMax = 160;
const examples = ['convert currency', 'time zone', 'input:date', 'accepts:date tag:finance', 'online:true'];

export function searchPage(search: Search): Html {
  const stage = stageOf(search);
  const isFront = stage === 'front';
  const { text, outcome } = search;
  const main = html`<section class="${isFront ? 'hero' : 'hero small'}">
${
  isFront
    ? html`<h1>Find an agent that can do it</h1>
<p class="lead">Guildhall lists what agents on the XMPP network offer, down to the typed fields of their forms. Find one, see
what it takes, and call it yourself.</p>`
    : html`<h1>${heading(search)}</h1>`
}
${searchForm(search)}
</section>
${isProblem(outcome) ? nothing : resultsView(text, outcome, stage)}`;
  return layout({ title: isFront ? null : `${text.trim() || 'All listings'}`, here: 'search', main });
}

function stageOf({ text, sort, isLater }: Search): Stage {
  if (isLater) return 'later';
  return text.trim() === '' && sort === sortDefault ? 'front' : 'first';
}

function heading({ text, outcome }: Search): Html {
  if (isProblem(outcome)) return html`Search the listings`;
  return text.trim() === ''
    ? html`All listings`
    : html`Listings for <span class="asked">${said(excerpt(text.trim(), headingCharsMax))}</span>`;
}

/** The box is named by its label, for those who do not see it; the placeholder asks the same of those who do. */
function searchForm({ text, sort, outcome }: Search): Html {
  const refused = isProblem(outcome) ? outcome : null;
  return html`<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search listings</label>
<div class="bar"><input id="q" name="q" type="search" value="${text}" dir="auto" placeholder="What should it do?" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search" maxlength="${queryLimits.charsMax}" aria-describedby="${refused ? 'refusal hints' : 'hints'}"${refused ? html` aria-invalid="true"` : nothing}>${sort === sortDefault ? nothing : html`<input type="hidden" name="sort" value="${sort}">`}<button>Search</button></div>
${refused ? html`<p id="refusal" class="refusal" role="alert"><strong>${problems[refused.problem].title}.</strong> ${said(refused.detail)}</p>` : nothing}
<p id="hints" class="hints"><span>Try</span>${examples.map((example) => html` <a href="${searchPath(example)}">${example}</a>`)}</p>
</form>`;
}
