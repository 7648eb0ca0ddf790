/** Why a listing is among the results: which words it has where, and what its score is made of. */

import { html } from 'hono/html';
import { type Asks, scoreUnit, shareWeights, type Why } from '../../market/ranking.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import type { Matches, Place } from './matches.ts';

const wordsShownMax = 8;
const wordCharsMax = 40;

const placeText: { [place in Place]: string } = {
  name: 'in the name',
  category: 'in the category',
  tags: 'in the tags',
  inputs: 'in the inputs',
  'sample requests': 'in a sample request',
  provider: "in the provider's name",
  description: 'in the description',
};

export function matchesView({ words, otherwise }: Matches): Html {
  if (words.length === 0 && otherwise.length === 0) return nothing;
  return html`<div class="why"><span>Why it is here</span><ul>${words.map(
    ({ place, said: asked }) => html`<li>${wordList(asked)} ${placeText[place]}</li>`,
  )}${otherwise
    .slice(0, wordsShownMax)
    .map(
      ({ asked, name }) =>
        html`<li><mark>${said(excerpt(asked, wordCharsMax))}</mark> as the input <code>${said(excerpt(name, wordCharsMax))}</code></li>`,
    )}</ul></div>`;
}

function wordList(asked: string[]): Html {
  const rest = asked.length - wordsShownMax;
  return html`${asked
    .slice(0, wordsShownMax)
    .map(
      (word) => html`<mark>${said(excerpt(word, wordCharsMax))}</mark> `,
    )}${rest > 0 ? `and ${rest} more` : ''}`;
}

const shareText: { [share in keyof Why]: string } = {
  text: 'Words',
  words: 'All words',
  inputs: 'Inputs',
  variety: 'Variety',
  quality: 'Description',
  rating: 'Rating',
  uptime: 'Uptime',
  freshness: 'Freshness',
};

/**
 * The score, and its shares when it is opened.
 *
 * @param why in whole units of the score
 * @param asks what the query has; the other shares take over that of what it has not
 */
export function scoreView(score: number, why: Why, asks: Asks): Html {
  const most = shareWeights(asks);
  const shares = (Object.keys(shareText) as (keyof Why)[]).filter((share) => most[share] > 0);
  return html`<details class="score"><summary>Score ${(score / scoreUnit).toFixed(2)}</summary><dl>${shares.map(
    (share) => {
      const text = `${(why[share] / scoreUnit).toFixed(2)} of ${most[share].toFixed(2)}`;
      return html`<div><dt>${shareText[share]}</dt><dd><meter min="0" max="${most[share].toFixed(4)}" value="${(why[share] / scoreUnit).toFixed(4)}" aria-label="${shareText[share]}">${text}</meter> <span>${text}</span></dd></div>`;
    },
  )}</dl></details>`;
}
