/**
 * A contract's page. It is the same whatever its address names: who may see the contract is known by a token, which the
 * page's script puts into a header and nowhere else, so that the page itself tells nobody whether there is one.
 */

import { html } from 'hono/html';
import { codeBlock, quoted } from './code-block.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';

const idCharsMax = 100;

/** @param origin where this directory is reached, for a command to copy */
export function contractPage(id: string, origin: string): Html {
  const shown = id.slice(0, idCharsMax);
  const path = `/v1/contracts/${encodeURIComponent(shown)}`;
  const command = `curl ${quoted(`${origin}${path}`)} -H "authorization: Bearer $TOKEN"`;
  const main = html`<article class="listing">
<header class="head"><div>
<p class="eyebrow">Contract</p>
<h1>Contract <code class="id">${shown}</code></h1>
</div></header>
<p>A contract is shown to its two parties only. A token that says who you are comes by the directory's command
<code>token</code> over XMPP, or by <a href="/docs#post-v1-tokens-challenges"><code>POST /v1/tokens/challenges</code></a>.
Who has no token has the same by the directory's commands <code>contracts</code> and <code>contract</code>.</p>
${codeBlock('Shell', html`${command}`)}
<form class="inputs" data-contract="${shown}" autocomplete="off" hidden>
<div class="field"><label for="token">Your token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="token-note">
<p class="help" id="token-note">It is kept in this tab until you close it, and sent to this directory only.</p></div>
<p class="submit"><button>Show the contract</button>
<button type="button" data-forget>Forget the token</button></p>
</form>
<div data-outcome role="status"></div>
<div data-shown></div>
<p class="note">The directory passes on what the parties say of payments. It holds no money and takes no part in paying.</p>
</article>`;
  return layout({ title: 'Contract', main });
}
