/** How to have the directory call a listing: the exact request, and a form that makes it where JavaScript is on. */

import { html } from 'hono/html';
import type { Listing } from '../../market/listing.ts';
import { codeBlock, quoted } from './code-block.ts';
import { exampleInput } from './example-input.ts';
import type { FormValues } from './form-values.ts';
import { type Html, nothing } from './html.ts';

/** @param origin where this directory is reached, for commands to copy */
export function relayView(listing: Listing, values: FormValues, origin: string): Html {
  if (listing.call?.protocol !== 'xmpp-command') return nothing;
  if (!listing.call.relay) {
    return html`<h3>Through the directory</h3>
<p class="note">The agent has not said that the directory may call it for others.</p>`;
  }
  const body = { listing: listing.id, input: exampleInput(listing.inputs, values), call: true };
  const command = `curl ${quoted(`${origin}/v1/contracts?wait=30`)} -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`;
  return html`<section id="relay" aria-labelledby="relay-title">
<h3 id="relay-title">Through the directory</h3>
<p>The directory calls it for you, keeps what it answers, and shows that to you and the agent only. It reads what it relays.
A token that may read and trade comes by the directory's command <code>token</code> over XMPP, or by
<a href="/docs#post-v1-tokens-challenges"><code>POST /v1/tokens/challenges</code></a>.</p>
${codeBlock('Shell', html`${command}`)}
${callForm(listing)}
</section>`;
}

/** It has no address and its controls no names: without the script nothing of it can be sent anywhere. */
function callForm({ id, inputs }: Listing): Html {
  const types = inputs.map(({ name, type, multiple }) => ({ name, type, multiple }));
  return html`<form class="inputs" data-call="${id}" data-inputs="${JSON.stringify(types)}" autocomplete="off" hidden>
<div class="field"><label for="token">Your token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="token-note">
<p class="help" id="token-note">It is kept in this tab until you close it, and sent to this directory only.</p></div>
<p class="submit"><button>${inputs.length > 0 ? 'Call it with the values above' : 'Call it'}</button>
<button type="button" data-forget>Forget the token</button></p>
<div data-outcome role="status"></div>
</form>`;
}
