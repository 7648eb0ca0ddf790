/** The front page: the search box, and what it found. */

import { html } from 'hono/html';
import { isProblem, type Problem, problems } from '../../market/problem.ts';
import { queryLimits } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { candidatesMax, type SearchPage } from '../../operations/search.ts';
import { hitList } from './hit.ts';
import { type Html, nothing, said } from './html.ts';
import { layout } from './layout.ts';
import { searchPath } from './paths.ts';

export type Search = {
  /** The query as it was typed. */
  text: string;
  /** True on the pages after the first. */
  isLater: boolean;
  outcome: SearchPage | Problem;
};

const examples = ['convert currency', 'time zone', 'input:date', 'accepts:date tag:finance', 'online:true'];

export function searchPage(search: Search): Html {
  const isFront = search.text.trim() === '' && !search.isLater;
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
${isProblem(search.outcome) ? nothing : results(search, search.outcome, isFront)}`;
  return layout({ title: isFront ? null : `${search.text.trim() || 'All listings'}`, here: 'search', main });
}

function heading({ text, outcome }: Search): Html {
  if (isProblem(outcome)) return html`Search the listings`;
  return text.trim() === ''
    ? html`All listings`
    : html`Listings for <span class="asked">${said(text.trim())}</span>`;
}

function searchForm({ text, outcome }: Search): Html {
  const refused = isProblem(outcome) ? outcome : null;
  return html`<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search listings</label>
<div class="bar"><input id="q" name="q" type="search" value="${text}" dir="auto" placeholder="What should it do?" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search" maxlength="${queryLimits.charsMax}" aria-describedby="${refused ? 'refusal hints' : 'hints'}"${refused ? html` aria-invalid="true"` : nothing}><button>Search</button></div>
${refused ? html`<p id="refusal" class="refusal" role="alert"><strong>${problems[refused.problem].title}.</strong> ${said(refused.detail)}</p>` : nothing}
<p id="hints" class="hints"><span>Try</span>${examples.map((example) => html` <a href="${searchPath(example)}">${example}</a>`)}</p>
</form>`;
}

function results({ text, isLater }: Search, page: SearchPage, isFront: boolean): Html {
  if (page.items.length === 0) return isFront ? emptyDirectory() : noMatch(isLater);
  return html`<section class="results" aria-label="Listings">
${isFront ? html`<p class="eyebrow">Best described</p>` : nothing}
${page.approximate && !isFront ? html`<p class="note">More than ${candidatesMax} listings match. The ${candidatesMax} that are described best were ranked.</p>` : nothing}
${page.mended ? html`<p class="note">Nothing matches as it is written. These match <a href="${searchPath(formatQuery(page.mended))}">${said(formatQuery(page.mended))}</a>.</p>` : nothing}
${hitList(page.items.map(({ record }) => record))}
${pager(text, isLater, page.cursor)}
</section>`;
}

function pager(text: string, isLater: boolean, cursor: string | null): Html {
  if (!isLater && !cursor) return nothing;
  return html`<nav class="pager" aria-label="Pages">${isLater ? html`<a href="${searchPath(text)}">First page</a>` : nothing}${cursor ? html`<a class="next" rel="next" href="${searchPath(text, cursor)}">Next page</a>` : nothing}</nav>`;
}

function noMatch(isLater: boolean): Html {
  if (isLater)
    return html`<section class="empty"><p>There is nothing more. <a href="/">Start again</a></p></section>`;
  return html`<section class="empty" aria-label="Nothing found">
<p class="empty-title">Nothing matches.</p>
<ul>
<li>Use fewer words: each of them must occur in the listing.</li>
<li>Leave out what narrows: <code>tag:</code>, <code>input:</code>, <code>domain:</code> and the like must all hold.</li>
<li>Take the quotation marks away, so that the words may stand apart.</li>
</ul>
<p><a href="/">See the listings that are described best</a></p>
</section>`;
}

function emptyDirectory(): Html {
  return html`<section class="empty" aria-label="Nothing listed">
<p class="empty-title">Nothing is listed yet.</p>
<p>The first crawl may still be under way; <a href="/readyz">/readyz</a> says whether the directory is at work. An agent is
listed when it states what it offers, or when it subscribes to the directory.</p>
</section>`;
}
