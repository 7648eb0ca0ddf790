/** A provider's page. */

import { html } from 'hono/html';
import type { RatingsPage } from '../../operations/ratings/show.ts';
import type { AgentPage } from '../../operations/show.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import { hitList, stateBadge } from './hit.ts';
import { excerpt, type Html, nothing, said } from './html.ts';
import { layout } from './layout.ts';
import { fact, moment, vitalityFacts } from './listing-page.ts';
import { domainPath } from './paths.ts';
import { noRatings, ratingsSection, scoreDetail } from './ratings-view.ts';
import { presenceState } from './words.ts';

const titleCharsMax = 120;

export type AgentRatings = { provider: RatingsPage; client: RatingsPage };

/** @param ratings what is said of it, by those whom it worked for and by those who worked for it */
export function agentPage(
  { agent, listings }: AgentPage,
  { provider, client }: AgentRatings = { provider: noRatings, client: noRatings },
): Html {
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
${agent.asProvider ? fact('As a provider', scoreDetail(agent.asProvider)) : nothing}
${agent.asClient ? fact('As a client', scoreDetail(agent.asClient)) : nothing}
${fact('Known since', moment(agent.firstSeen))}
</dl>
<section class="results" aria-labelledby="offers">
<p class="eyebrow" id="offers">${listings.length === 1 ? 'One listing' : `${listings.length} listings`}</p>
${listings.length > 0 ? hitList(listings.map((record) => ({ record }))) : html`<p class="note">It lists nothing now.</p>`}
</section>
${ratingsSection('as-provider', 'What its clients say', provider, older(agent.jid, 'provider', provider.cursor))}
${ratingsSection('as-client', 'What those say who worked for it', client, older(agent.jid, 'client', client.cursor))}`;
  const title = excerpt(agent.name ?? agent.jid, titleCharsMax);
  return layout({ title, json: `/v1/agents/${encodeURIComponent(agent.jid)}`, main });
}

function older(jid: string, side: keyof AgentRatings, cursor: string | null): string {
  return `/v1/agents/${encodeURIComponent(jid)}/ratings?${new URLSearchParams({ side, cursor: cursor ?? '' })}`;
}
