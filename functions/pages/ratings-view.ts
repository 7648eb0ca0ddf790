/** What is said of a listing or an agent: the score, and the ratings that it is made of. */

import { html } from 'hono/html';
import { scoreMax } from '../../market/reputation/rating.ts';
import type { ShownScore } from '../../market/reputation/shown-score.ts';
import type { PublicRating, RatingsPage } from '../../operations/ratings/show.ts';
import { type Html, nothing, said } from './html.ts';
import { dateText } from './words.ts';

export const noRatings: RatingsPage = { score: null, items: [], cursor: null };

/** In a list: the mean, and what it may be in truth. */
export function scoreBadge(score: ShownScore | null): Html {
  if (!score) return nothing;
  return html`<span class="score"><b>${score.score.toFixed(1)}</b> of ${scoreMax}, ${countText(score)}</span>`;
}

/** The same in a sentence. */
export function scoreDetail(score: ShownScore): Html {
  const { low, high } = score;
  return html`<b>${score.score.toFixed(1)}</b> of ${scoreMax}, probably ${low.toFixed(1)} to ${high.toFixed(1)}, by ${countText(score)}`;
}

function countText({ count }: ShownScore): string {
  return count === 1 ? '1 rating' : `${count} ratings`;
}

/** @param older where the next page is to be had */
export function ratingsSection(id: string, title: string, page: RatingsPage, older: string): Html {
  const { score, items, cursor } = page;
  if (!score && items.length === 0) return nothing;
  return html`<section class="ratings" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${score ? html`<p>${scoreDetail(score)}.${aspectText(score)}</p>` : html`<p class="note">None of these counts.</p>`}
<ul>${items.map((item) => html`<li>${ratingView(item)}</li>`)}</ul>
${cursor ? html`<p><a href="${older}">Older ratings</a> (JSON)</p>` : nothing}
</section>`;
}

function aspectText({ aspects }: ShownScore): Html {
  const shares = (
    [
      ['correct', aspects.correct],
      ['on time', aspects.onTime],
      ['as described', aspects.asDescribed],
    ] as const
  ).flatMap(([what, share]) => (share === null ? [] : [`${Math.round(share * 100)} % ${what}`]));
  return shares.length > 0 ? html` ${shares.join(', ')}.` : nothing;
}

function ratingView({
  score,
  aspects,
  text,
  at,
  withdrawn,
  changed,
  domain,
  isPaid,
  reply,
}: PublicRating): Html {
  const who = domain === null ? html`somebody who left` : html`somebody at ${said(domain)}`;
  const notes = [
    ...(aspects.correct === undefined ? [] : [aspects.correct ? 'correct' : 'not correct']),
    ...(aspects.onTime === undefined ? [] : [aspects.onTime ? 'on time' : 'late']),
    ...(aspects.asDescribed === undefined ? [] : [aspects.asDescribed ? 'as described' : 'not as described']),
    ...(isPaid ? [] : ['no price']),
    ...(changed ? ['changed'] : []),
  ];
  if (withdrawn) return html`<p class="note">A rating by ${who} was withdrawn, ${when(withdrawn)}.</p>`;
  return html`<p class="by"><b>${score ?? ''} of ${scoreMax}</b> by ${who}, ${when(at)}${notes.length > 0 ? html`: ${notes.join(', ')}` : nothing}</p>
${text ? html`<blockquote dir="auto">${text}</blockquote>` : nothing}
${reply?.text ? html`<div class="reply"><p class="by">Answered ${when(reply.at)}:</p><blockquote dir="auto">${reply.text}</blockquote></div>` : nothing}`;
}

function when(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${dateText(at)}</time>`;
}
