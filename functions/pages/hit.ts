/** One listing as a list shows it. */

import { html } from 'hono/html';
import type { Input, Listing, ListingRecord } from '../../market/listing.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { type Matches, noMatches } from './matches.ts';
import { agentPath, categoryPath, listingPath, tagPath } from './paths.ts';
import { scoreBadge } from './ratings-view.ts';
import {
  durationText,
  languageName,
  priceText,
  type State,
  stateOf,
  textLanguage,
  typeText,
  uptimeText,
} from './words.ts';

const excerptCharsMax = 260;
const inputsShownMax = 6;
const tagsShownMax = 8;
const tagCharsMax = 60;

export type Hit = {
  record: ListingRecord;
  /** What of it answers the query. */
  matches?: Matches;
  /** What is said below it. */
  below?: Html;
};

export function hitList(hits: Hit[]): Html {
  return html`<ul class="hits">${hits.map((hit) => html`<li>${hitView(hit)}</li>`)}</ul>`;
}

function hitView({ record, matches = noMatches, below = nothing }: Hit): Html {
  const { listing } = record;
  return html`<article class="hit">
<header><h2>${languageSpan(listing, html`<a href="${listingPath(listing.id)}">${said(listing.name)}</a>`)}</h2>${stateBadge(stateOf(record))}</header>
<p class="by"><a class="jid" href="${agentPath(listing.provider.jid)}">${said(listing.provider.jid)}</a>${facts(listing)}${scoreBadge(record.rating)}${vitality(record)}</p>
${listing.flags.includes('look-alike-name') ? html`<p class="warning">The name may be drawn to look like another.</p>` : nothing}
${listing.description ? html`<p class="excerpt" dir="auto"${languageAttribute(listing)}>${excerpt(listing.description, excerptCharsMax)}</p>` : nothing}
${inputChips(listing.inputs, matches)}
${tagList(listing.tags, tagsShownMax, matches)}
${below}
</article>`;
}

function facts({ category, price, lang }: Listing): Html {
  const languages = lang.slice(0, 4).map(languageName).join(', ');
  return html`${category ? html`<span><a href="${categoryPath(category)}">${said(category)}</a></span>` : nothing}${price ? html`<span class="price">${said(priceText(price))}</span>` : nothing}${languages ? html`<span>${said(languages)}${lang.length > 4 ? '…' : ''}</span>` : nothing}`;
}

/** How the agent kept up and how fast it answers, where known; what a stale listing showed is past. */
function vitality({ status }: ListingRecord): Html {
  if (status.stale) return nothing;
  const uptime = uptimeText(status.uptime);
  return html`${uptime ? html`<span>${uptime}</span>` : nothing}${status.replyMs === null ? nothing : html`<span>answers in ${durationText(status.replyMs)}</span>`}`;
}

/** A presence that is not shared is the common case in a list, and says nothing worth a mark. */
export function stateBadge(state: State): Html {
  return state.name === 'unknown' ? nothing : html`<span class="state ${state.name}">${state.text}</span>`;
}

function inputChips(inputs: Input[], matches: Matches): Html {
  if (inputs.length === 0) return nothing;
  const rest = inputs.length - inputsShownMax;
  const all = inputs.map((input, at) => ({ input, isMatch: matches.inputs.has(at) }));
  // What was asked for is shown, however far behind it stands in the form.
  const ordered = [...all.filter(({ isMatch }) => isMatch), ...all.filter(({ isMatch }) => !isMatch)];
  return html`<ul class="chips" aria-label="Takes">${(rest > 0 ? ordered : all)
    .slice(0, inputsShownMax)
    .map(
      ({ input, isMatch }) =>
        html`<li class="chip${isMatch ? ' match' : ''}">${marked(html`<code>${said(input.name)}</code>`, isMatch)} <span>${typeText(input)}</span>${requiredMark(input)}</li>`,
    )}${rest > 0 ? html`<li class="more">and ${rest} more</li>` : nothing}</ul>`;
}

export function requiredMark({ required }: Pick<Input, 'required'>): Html {
  return required
    ? html`<b class="required" title="required" aria-hidden="true">*</b><span class="unseen"> required</span>`
    : nothing;
}

function marked(content: Html, isMatch: boolean): Html {
  return isMatch ? html`<mark>${content}</mark>` : content;
}

export function tagList(tags: string[], max: number, matches: Matches = noMatches): Html {
  if (tags.length === 0) return nothing;
  return html`<ul class="tags" aria-label="Tags">${tags.slice(0, max).map((tag) => {
    return html`<li><a href="${tagPath(tag)}">${marked(said(excerpt(tag, tagCharsMax)), matches.tags.has(tag))}</a></li>`;
  })}${tags.length > max ? html`<li class="more">and ${tags.length - max} more</li>` : nothing}</ul>`;
}

/** The attribute for an element that holds the listing's own text, where its language is known. */
export function languageAttribute({ lang }: Pick<Listing, 'lang'>): Html {
  const language = textLanguage(lang);
  return language ? html` lang="${language}"` : nothing;
}

function languageSpan(listing: Listing, content: Html): Html {
  return textLanguage(listing.lang) ? html`<span${languageAttribute(listing)}>${content}</span>` : content;
}
