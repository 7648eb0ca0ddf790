/** The mark: a gabled hall with its door open. */

import { html } from 'hono/html';
import type { Html } from './html.ts';

const hall = 'M3 13.2 16 4l13 9.2V28H3Z';
const door = 'M12 28v-7a4 4 0 0 1 8 0v7Z';

/** The mark beside the name; it says nothing that the name does not. */
export function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><path class="hall" d="${hall}"/><path class="door" d="${door}"/></svg>`;
}

export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>.hall{fill:#1b6b60}.door{fill:#fbfaf6}@media(prefers-color-scheme:dark){.hall{fill:#83cdbd}.door{fill:#14191a}}</style><path class="hall" fill="#1b6b60" d="${hall}"/><path class="door" fill="#fbfaf6" d="${door}"/></svg>`;
