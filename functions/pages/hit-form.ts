/** A result's inputs as a form, which leads to the listing's page with what was filled in. */

import { html } from 'hono/html';
import type { Listing } from '../../market/listing.ts';
import { formValues } from './form-values.ts';
import { formView } from './form-view.ts';
import { type Html, nothing } from './html.ts';
import { listingPath } from './paths.ts';

/** A larger form stands on the listing's own page alone, so that a page of results stays small. */
export const hitFormLimits = { inputsMax: 12, optionsMax: 120 } as const;

/** @param at the place of the result on the page, which tells its controls from the others' */
export function hitForm(listing: Listing, at: number): Html {
  const { inputs } = listing;
  if (inputs.length === 0) return nothing;
  const options = inputs.reduce((sum, input) => sum + input.options.length, 0);
  const { inputsMax, optionsMax } = hitFormLimits;
  const path = listingPath(listing.id);
  if (inputs.length > inputsMax || options > optionsMax) {
    return html`<p class="form-link"><a href="${path}#takes">Fill in its form</a></p>`;
  }
  const defaults = formValues(inputs, new URLSearchParams());
  return html`<details class="form"><summary>Fill in its form</summary>
${formView(listing, defaults, { action: `${path}#call`, prefix: `${at}-`, isLive: false })}
</details>`;
}
