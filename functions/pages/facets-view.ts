/** What the results have in common, counted: links that ask for a value too, or no longer. */

import { html } from 'hono/html';
import { type FacetName, facetNames } from '../../db/facets.ts';
import type { InputType, ListingKind } from '../../market/listing.ts';
import type { Query } from '../../market/query/ast.ts';
import type { Sort } from '../../market/query/sort.ts';
import type { facets } from '../../operations/explore.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { askedPath } from './paths.ts';
import { askableValue, valuesAsked, withoutValue, withValue } from './query-edits.ts';
import { kindText, languageName, typeText } from './words.ts';

export type FacetCounts = Pick<Awaited<ReturnType<typeof facets>>, 'facets' | 'approximate'>;

export const facetLimits = { shownMax: 8, furtherMax: 40, valueCharsMax: 60 } as const;

const titles: { [name in FacetName]: string } = {
  tag: 'Tags',
  category: 'Category',
  lang: 'Language',
  domain: 'Domain',
  kind: 'Kind',
  accepts: 'Takes',
};

type Entry = {
  text: string;
  value: string | null;
  isChosen: boolean;
  count: number | null;
  isAbout: boolean;
};

/** @param query what was counted, to which the links add or from which they take */
export function facetsView(query: Query, sort: Sort, counts: FacetCounts): Html {
  const groups = facetNames
    .map((name) => ({ name, entries: entriesOf(query, name, counts) }))
    .filter(({ entries }) => entries.length > 0);
  if (groups.length === 0) return nothing;
  return html`<nav class="narrow" aria-label="Narrow down"><details class="facets"><summary>Narrow down</summary>
<div class="groups">${groups.map(({ name, entries }) => groupView(query, sort, name, entries))}</div>
</details></nav>`;
}

/** What is chosen first, whether it was counted or not; then the rest, the most frequent first. */
function entriesOf(query: Query, name: FacetName, { facets, approximate }: FacetCounts): Entry[] {
  const asked = valuesAsked(query, name);
  const byValue = new Map<string, Entry>();
  for (const { value: text, count } of facets[name]) {
    const value = askableValue(name, text);
    const key = value ?? `as it is written: ${text}`;
    const same = byValue.get(key);
    // Spellings that differ in case are one value to a query; a listing that has both is counted twice.
    if (same?.count) byValue.set(key, { ...same, count: same.count + count, isAbout: true });
    else {
      const isChosen = value !== null && asked.includes(value);
      byValue.set(key, { text, value, isChosen, count, isAbout: approximate });
    }
  }
  const uncounted = asked
    .filter((value) => !byValue.has(value))
    .map((value): Entry => ({ text: value, value, isChosen: true, count: null, isAbout: false }));
  const entries = [...byValue.values(), ...uncounted];
  return [...entries.filter(({ isChosen }) => isChosen), ...entries.filter(({ isChosen }) => !isChosen)];
}

function groupView(query: Query, sort: Sort, name: FacetName, entries: Entry[]): Html {
  const { shownMax, furtherMax } = facetLimits;
  const list = (some: Entry[]) =>
    html`<ul>${some.map((entry) => html`<li>${entryView(query, sort, name, entry)}</li>`)}</ul>`;
  const further = entries.slice(shownMax, shownMax + furtherMax);
  const left = entries.length - shownMax - further.length;
  return html`<section aria-labelledby="facet-${name}"><h2 id="facet-${name}">${titles[name]}</h2>
${list(entries.slice(0, shownMax))}
${further.length === 0 ? nothing : html`<details><summary>${further.length} more</summary>${list(further)}${left > 0 ? html`<p class="note">and ${left} that are rarer</p>` : nothing}</details>`}
</section>`;
}

function entryView(query: Query, sort: Sort, name: FacetName, entry: Entry): Html {
  const { value, isChosen } = entry;
  const next =
    value === null ? null : isChosen ? withoutValue(query, name, value) : withValue(query, name, value);
  const content = html`${said(excerpt(valueText(name, entry), facetLimits.valueCharsMax))}${countView(entry)}`;
  if (next === null) return html`<span class="facet">${content}</span>`;
  const path = askedPath(next, sort);
  return isChosen
    ? html`<a class="facet chosen" href="${path}" rel="nofollow"><span class="unseen">Take out </span>${content}</a>`
    : html`<a class="facet" href="${path}" rel="nofollow">${content}</a>`;
}

function countView({ count, isAbout }: Entry): Html {
  if (count === null) return nothing;
  return html` <span class="count">${isAbout ? html`about ` : nothing}${count}</span>`;
}

function valueText(name: FacetName, { text, value }: Entry): string {
  switch (name) {
    case 'lang':
      return value === null ? text : languageName(text);
    case 'kind':
      return value === null ? text : kindText[value as ListingKind];
    case 'accepts':
      return value === null ? text : typeText({ type: value as InputType, multiple: false, secret: false });
    case 'tag':
    case 'category':
    case 'domain':
      return text;
  }
}
