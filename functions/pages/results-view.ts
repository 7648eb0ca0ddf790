/** What a search found: facets beside the listings, each of which says why it is there. */

import { html } from 'hono/html';
import type { Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import type { Sort } from '../../market/query/sort.ts';
import { asksOf } from '../../market/ranking.ts';
import { candidatesMax, type SearchPage } from '../../operations/search.ts';
import { type FacetCounts, facetsView } from './facets-view.ts';
import { type Hit, hitList } from './hit.ts';
import { hitForm } from './hit-form.ts';
import { type Html, nothing, said } from './html.ts';
import { matchesOf } from './matches.ts';
import { askedPath, searchPath } from './paths.ts';
import { queryChips } from './query-chips.ts';
import { sortLinks } from './sort-links.ts';
import { matchesView, scoreView } from './why-view.ts';

export type Found = {
  /** The query as it was asked. */
  query: Query;
  sort: Sort;
  page: SearchPage;
  /** Of the query that was answered: the mended one where there is one. */
  facets: FacetCounts;
};

/** Which page it is: the bare front page, the first of a search, or one after that. */
export type Stage = 'front' | 'first' | 'later';

/** @param text the query as it was typed */
export function resultsView(text: string, { query, sort, page, facets }: Found, stage: Stage): Html {
  const answered = page.mended ?? query;
  const chips = queryChips(answered, sort);
  if (page.items.length === 0) {
    const isAll = stage !== 'later' && !isAsked(answered);
    return isAll ? emptyDirectory() : html`${chips}${noMatch(stage === 'later')}`;
  }
  return html`${chips}<div class="found">
${facetsView(answered, sort, facets)}
<section class="results" aria-label="Listings">
<div class="order">${stage === 'front' ? html`<p class="eyebrow">Best described</p>` : nothing}${sortLinks(answered, sort)}</div>
${page.approximate && stage !== 'front' ? html`<p class="note">More than ${candidatesMax} listings match. The ${candidatesMax} that are described best were ranked.</p>` : nothing}
${page.mended ? html`<p class="note">Nothing matches as it is written. These match <a href="${askedPath(page.mended, sort)}">${said(formatQuery(page.mended))}</a>.</p>` : nothing}
${page.partial ? html`<p class="note">Few listings have all of these words. Those that lack some come last.</p>` : nothing}
${hitList(page.items.map((item, at) => hitOf(item, at, answered, sort)))}
${pager(text, sort, stage === 'later', page.cursor)}
</section>
</div>`;
}

function hitOf(
  { record, score, why }: SearchPage['items'][number],
  at: number,
  query: Query,
  sort: Sort,
): Hit {
  const matches = matchesOf(record.listing, query);
  // In another order the score does not say why a listing stands where it does.
  const isScored = isAsked(query) && sort === 'relevance';
  const below = html`${isAsked(query) ? matchesView(matches) : nothing}
<div class="below">${hitForm(record.listing, at)}${isScored ? scoreView(score, why, asksOf(query)) : nothing}</div>`;
  return { record, matches, below };
}

function isAsked({ terms, qualifiers }: Query): boolean {
  return terms.length + qualifiers.length > 0;
}

function pager(text: string, sort: Sort, isLater: boolean, cursor: string | null): Html {
  if (!isLater && !cursor) return nothing;
  return html`<nav class="pager" aria-label="Pages">${isLater ? html`<a href="${searchPath(text, { sort })}">First page</a>` : nothing}${cursor ? html`<a class="next" rel="next" href="${searchPath(text, { sort, cursor })}">Next page</a>` : nothing}</nav>`;
}

function noMatch(isLater: boolean): Html {
  if (isLater)
    return html`<section class="empty"><p>There is nothing more. <a href="/">Start again</a></p></section>`;
  return html`<section class="empty" aria-label="Nothing found">
<p class="empty-title">Nothing matches.</p>
<ul>
<li>Use other words: none of these occurs in a listing that has the rest.</li>
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
