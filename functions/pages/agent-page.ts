/** A provider's page. */

import { html } from 'hono/html';
import type { AgentPage } from '../../operations/show.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import { hitList, stateBadge } from './hit.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { layout } from './layout.ts';
import { fact, moment, vitalityFacts } from './listing-page.ts';
import { domainPath } from './paths.ts';
import { presenceState } from './words.ts';

const titleCharsMax = 120;

export function agentPage({ agent, listings }: AgentPage): Html {
  const state = presenceState(agent.online);
  const main = html`<header class="head"><div>
<p class="eyebrow">Agent</p>
<h1>${said(agent.name ?? agent.jid)}</h1>
<p class="by"><a class="jid" href="${xmppUri(agent.jid)}">${said(agent.jid)}</a> ${stateBadge(state)}</p>
</div></header>
<dl class="row">
${fact('Domain', html`<a class="jid" href="${domainPath(agent.domain)}">${said(agent.domain)}</a>`)}
${fact('State', html`${state.text}`)}
${agent.lastSeen ? fact('Last seen', moment(agent.lastSeen)) : nothing}
${vitalityFacts(agent)}
${fact('Listed since', moment(agent.firstSeen))}
</dl>
<section class="results" aria-labelledby="offers">
<p class="eyebrow" id="offers">${listings.length === 1 ? 'One listing' : `${listings.length} listings`}</p>
${listings.length > 0 ? hitList(listings.map((record) => ({ record }))) : html`<p class="note">It lists nothing now.</p>`}
</section>`;
  const title = excerpt(agent.name ?? agent.jid, titleCharsMax);
  return layout({ title, json: `/v1/agents/${encodeURIComponent(agent.jid)}`, main });
}
