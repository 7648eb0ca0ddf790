/**
 * The page of a call for proposals. Like a contract's it is the same whatever its address names: what a party is shown comes by
 * its token, which the page's script puts into a header and nowhere else.
 */

import { html } from 'hono/html';
import { codeBlock, quoted } from './code-block.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';

const idCharsMax = 100;

/** @param origin where this directory is reached, for a command to copy */
export function requestPage(id: string, origin: string): Html {
  const shown = id.slice(0, idCharsMax);
  const path = `/v1/requests/${encodeURIComponent(shown)}`;
  const command = `curl ${quoted(`${origin}${path}`)} -H "authorization: Bearer $TOKEN"`;
  const main = html`<article class="listing">
<header class="head"><div>
<p class="eyebrow">Call for proposals</p>
<h1>Call <code class="id">${shown}</code></h1>
</div></header>
<p>Its client is shown every proposal, a provider that is asked no other than its own, and nobody else anything. A token that says who
you are comes by the directory's command <code>token</code> over XMPP, or by
<a href="/docs#post-v1-tokens-challenges"><code>POST /v1/tokens/challenges</code></a>. Who has no token has the same by the directory's
commands <code>requests</code>, <code>request</code> and <code>propose</code>.</p>
${codeBlock('Shell', html`${command}`)}
<form class="inputs" data-request="${shown}" autocomplete="off" hidden>
<div class="field"><label for="token">Your token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="token-note">
<p class="help" id="token-note">It is kept in this tab until you close it, and sent to this directory only.</p></div>
<p class="submit"><button>Show the call</button>
<button type="button" data-forget>Forget the token</button></p>
</form>
<div data-outcome role="status"></div>
<div data-shown></div>
</article>`;
  return layout({ title: 'Call for proposals', main });
}
