/** A listing's page. */

import { html } from 'hono/html';
import type { Listing, ListingRecord, ListingStatus } from '../../market/listing.ts';
import { callView } from './call-view.ts';
import { codeBlock } from './code-block.ts';
import type { FormValues } from './form-values.ts';
import { formView } from './form-view.ts';
import { languageAttribute, stateBadge, tagList } from './hit.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { layout } from './layout.ts';
import { agentPath, domainPath, isImage, isLink, listingJsonPath, searchPath } from './paths.ts';
import { noRatings, ratingsSection, scoreDetail } from './ratings-view.ts';
import {
  dateText,
  durationText,
  kindText,
  languageName,
  locationText,
  priceText,
  sourceText,
  stateOf,
  typeText,
  uptimeDetail,
} from './words.ts';

const titleCharsMax = 120;
const tagsShownMax = 50;

export function listingPage(
  record: ListingRecord,
  values: FormValues,
  origin: string,
  ratings = noRatings,
): Html {
  const { listing } = record;
  const main = html`<article class="listing">
<header class="head">
${listing.icon && isImage(listing.icon) ? html`<img class="icon" src="${listing.icon}" alt="" width="56" height="56" loading="lazy" referrerpolicy="no-referrer">` : nothing}
<div>
<p class="eyebrow">${kindText[listing.kind]}${listing.category ? html` · ${said(listing.category)}` : nothing}</p>
<h1${languageAttribute(listing)}>${said(listing.name)}</h1>
<p class="by"><span>by <a href="${agentPath(listing.provider.jid)}">${said(listing.provider.name ?? listing.provider.jid)}</a></span> ${listing.price ? html`<span class="price">${said(priceText(listing.price))}</span>` : nothing} ${stateBadge(stateOf(record))}</p>
</div>
</header>
<div class="columns">
<div class="body">
${lookAlikeNote(listing)}
${listing.description ? html`<p class="description" dir="auto"${languageAttribute(listing)}>${listing.description}</p>` : html`<p class="note">The agent gives no description.</p>`}
${tagList(listing.tags, tagsShownMax)}
${sampleRequests(listing)}
<section aria-labelledby="takes"><h2 id="takes">What it takes</h2>${formView(listing, values)}</section>
${outputs(listing)}
${callView(record, values, origin)}
${schemas(listing)}
${ratingsSection('ratings', 'What is said of it', ratings, olderRatings(listing.id, ratings.cursor))}
</div>
<aside class="facts" aria-label="Facts">${facts(record)}</aside>
</div>
</article>`;
  return layout({ title: excerpt(listing.name, titleCharsMax), json: listingJsonPath(listing.id), main });
}

function olderRatings(id: string, cursor: string | null): string {
  return `${listingJsonPath(id)}/ratings?${new URLSearchParams({ cursor: cursor ?? '' })}`;
}

/** A name may be drawn to look like another; the address is what tells them apart. */
export function lookAlikeNote({ flags, provider }: Listing): Html {
  if (!flags.includes('look-alike-name')) return nothing;
  return html`<p class="warning">The name mixes letters of several scripts and may be drawn to look like another. The address is <code>${said(provider.jid)}</code>.</p>`;
}

function sampleRequests({ queries }: Listing): Html {
  if (queries.length === 0) return nothing;
  return html`<section aria-labelledby="asked"><h2 id="asked">Ask it for</h2><ul class="queries">${queries.map(
    (query) => html`<li dir="auto">${query}</li>`,
  )}</ul></section>`;
}

function outputs(listing: Listing): Html {
  if (listing.outputs.length === 0) return nothing;
  return html`<section aria-labelledby="gives"><h2 id="gives">What it gives back</h2>
<ul class="outputs">${listing.outputs.map(
    (output) =>
      html`<li><span dir="auto">${output.label ?? output.name}</span> <code>${said(output.name)}</code> <span class="type">${typeText(output)}</span></li>`,
  )}</ul></section>`;
}

function schemas({ inputSchema, outputSchema }: Listing): Html {
  return html`${schemaDetails('JSON Schema of the input', inputSchema)}${schemaDetails('JSON Schema of the output', outputSchema)}`;
}

function schemaDetails(title: string, schema: Listing['inputSchema']): Html {
  if (!schema) return nothing;
  return html`<details><summary>${title}</summary>${codeBlock('JSON', html`${JSON.stringify(schema, null, 2)}`)}</details>`;
}

function facts(record: ListingRecord): Html {
  const { listing, status, firstSeen, updated } = record;
  const { price, location, terms, lang, provider, features } = listing;
  return html`<dl>
${fact('Provider', html`<a class="jid" href="${agentPath(provider.jid)}">${said(provider.jid)}</a>`)}
${fact('Domain', html`<a class="jid" href="${domainPath(provider.domain)}">${said(provider.domain)}</a>`)}
${providerFacts(listing)}
${fact('State', stateDetail(record))}
${vitalityFacts(status)}
${record.rating ? fact('Rating', scoreDetail(record.rating)) : nothing}
${fact('Price', price ? said(priceText(price)) : html`<span class="note">Not stated</span>`)}
${lang.length > 0 ? fact('Languages', said(lang.map(languageName).join(', '))) : nothing}
${location ? fact('Location', html`<a href="https://www.openstreetmap.org/?mlat=${location.lat}&mlon=${location.lon}#map=11/${location.lat}/${location.lon}" rel="noopener noreferrer">${locationText(location)}</a>`) : nothing}
${terms ? fact('Terms', isLink(terms) ? html`<a href="${terms}" rel="nofollow noopener noreferrer">${said(terms)}</a>` : said(terms)) : nothing}
${listing.link && isLink(listing.link) ? fact('More', html`<a href="${listing.link}" rel="nofollow noopener noreferrer">${said(listing.link)}</a>`) : nothing}
${listing.call ? fact('Through the directory', html`${listing.call.relay ? 'May be called' : 'Not offered'}`) : nothing}
</dl>
<h2>Where this comes from</h2>
<ul class="sources">${listing.sources.map((source) => html`<li>${sourceText[source]}${seen(status.sources[source])}</li>`)}</ul>
${statements(listing)}
<dl>
${fact('Verified', moment(status.verified))}
${fact('Changed', moment(updated))}
${fact('First seen', moment(firstSeen))}
${fact('Id', html`<code class="id">${listing.id}</code>`)}
</dl>
${features.length > 0 ? html`<details><summary>Features</summary><ul class="features">${features.map((feature) => html`<li><code>${said(feature)}</code></li>`)}</ul></details>` : nothing}
<p><a href="${searchPath('')}">All listings</a></p>`;
}

function seen(time: string | undefined): Html {
  return time ? html`, ${moment(new Date(time))}` : nothing;
}

/** Who said what of each part: the first statement holds, the others are kept beside it. */
function statements({ provenance }: Listing): Html {
  const parts = Object.entries(provenance);
  if (parts.length === 0) return nothing;
  return html`<details><summary>Who said what</summary><dl>${parts.map(([part, all]) =>
    fact(
      part,
      html`${all.map(({ source, said: words }, at) => html`${at > 0 ? html`<br>` : nothing}${said(words)} <span class="note">(${sourceText[source]})</span>`)}`,
    ),
  )}</dl></details>`;
}

/** Who offers it, in its own words, and how to reach it. */
function providerFacts({ provider, names }: Listing): Html {
  const { description, url, contacts } = provider;
  const link = (to: string) => html`<a href="${to}" rel="nofollow noopener noreferrer">${said(to)}</a>`;
  return html`${description ? fact('About', said(description)) : nothing}
${url && isLink(url) ? fact('Page', link(url)) : nothing}
${contacts.length > 0 ? fact('Contact', html`${contacts.filter(isLink).map((to, at) => html`${at > 0 ? html`<br>` : nothing}${link(to)}`)}`) : nothing}
${names.length > 1 ? fact('Names', html`${names.map(({ lang, text }, at) => html`${at > 0 ? html`<br>` : nothing}<span lang="${lang}">${said(text)}</span>`)}`) : nothing}`;
}

function stateDetail(record: ListingRecord): Html {
  const { stale, lastSeen, online } = record.status;
  if (stale) return html`Stale: not verified for more than a day`;
  const state = stateOf(record);
  return html`${state.text}${online === false && lastSeen ? html`, last seen ${moment(lastSeen)}` : nothing}`;
}

/** Uptime and reply time, where known. */
export function vitalityFacts({ uptime, replyMs }: Pick<ListingStatus, 'uptime' | 'replyMs'>): Html {
  const up = uptimeDetail(uptime);
  return html`${up ? fact('Up', html`${up}`) : nothing}${replyMs === null ? nothing : fact('Answers in', html`${durationText(replyMs)}`)}`;
}

export function fact(name: string, value: Html): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

export function moment(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${dateText(date)}</time>`;
}
