/** How to call a listing: the exact stanzas where it is an XMPP command, else what is known. */

import { html } from 'hono/html';
import type { ListingRecord } from '../../market/listing.ts';
import type { Element } from '../../protocol/xml.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import { executeStanza, sessionPlaceholder, submitStanza } from './call-stanzas.ts';
import { codeBlock, quoted } from './code-block.ts';
import type { FormValues } from './form-values.ts';
import { type Html, nothing, said } from './html.ts';
import { isLink, listingJsonPath } from './paths.ts';
import { relayView } from './relay-view.ts';
import { openTag, xmlView } from './xml-view.ts';

/** @param origin where this directory is reached, for commands to copy */
export function callView(record: ListingRecord, values: FormValues, origin: string): Html {
  return html`<section id="call" aria-labelledby="call-title">
<h2 id="call-title">How to call it</h2>
${way(record, values)}
${relayView(record.listing, values, origin)}
<h3>This listing as JSON</h3>
${codeBlock('Shell', html`curl ${quoted(`${origin}${listingJsonPath(record.listing.id)}`)}`)}
</section>`;
}

function way(record: ListingRecord, values: FormValues): Html {
  const { call, provider } = record.listing;
  if (!call) {
    return html`<p>The listing names no way to call it. Write to its provider: ${xmppLink(provider.jid)}</p>`;
  }
  switch (call.protocol) {
    case 'xmpp-command':
      return call.node === null
        ? html`<p>An ad-hoc command (XEP-0050) of ${xmppLink(provider.jid)}, whose node is not known.</p>`
        : commandWay(record, call.node, values);
    case 'agent-task':
      return html`<p>A tool behind an agent gateway: send <code>invoke</code> of <code>urn:xmpp:agent-task:0</code> to ${xmppLink(provider.jid)}${nodeText(call.node)}.</p>`;
    case 'a2a-xmpp':
      return html`<p>A2A over XMPP (<code>urn:xmpp:a2a:binding:1.0</code>) with ${xmppLink(provider.jid)}${nodeText(call.node)}.</p>`;
    case 'http-jsonrpc':
      return html`<p>JSON-RPC over HTTP${call.url ? html` at ${urlText(call.url)}` : nothing}, as the agent's card states.</p>`;
  }
}

function commandWay(record: ListingRecord, node: string, values: FormValues): Html {
  const { listing, status } = record;
  const jid = status.callJid ?? listing.provider.jid;
  const isReachable = status.online !== false;
  const hasInputs = listing.inputs.length > 0;
  return html`<p>An ad-hoc command (XEP-0050) of ${xmppLink(jid)}. <a href="${xmppUri(jid, node)}">Open it in an XMPP client</a></p>
${isReachable ? nothing : html`<p class="note">The agent is offline. When it is back, send this to the address that its presence shows.</p>`}
<ol class="steps">
<li><h3>Ask for the form</h3>${codeBlock('XML', xmlView(executeStanza(jid, node)))}</li>
${
  hasInputs
    ? html`<li><h3>Send it back filled in</h3>
<p class="note">Put the <code>sessionid</code> of the agent's answer in the place of <code>${sessionPlaceholder}</code>, and return its hidden
fields, such as <code>FORM_TYPE</code>, as they came. Where the answer allows <code>next</code> and not <code>complete</code>, say that.</p>
${codeBlock('XML', submitView(record, jid, node, values), true)}</li>`
    : nothing
}
</ol>
<p>The answer has the status <code>completed</code> and the result, or <code>executing</code> and another form.</p>`;
}

/** Each field is wrapped, so that the script can write it anew while the form is filled in. */
function submitView({ listing }: ListingRecord, jid: string, node: string, values: FormValues): Html {
  let at = 0;
  const wrap = (element: Element, content: Html) =>
    element.name === 'field'
      ? html`<span data-xml="${at++}" data-open="${openTag(element)}">${content}</span>`
      : content;
  return xmlView(submitStanza(jid, node, listing, values), wrap);
}

function nodeText(node: string | null): Html {
  return node === null ? nothing : html`, node <code>${said(node)}</code>`;
}

function xmppLink(jid: string): Html {
  return html`<a class="jid" href="${xmppUri(jid)}">${said(jid)}</a>`;
}

function urlText(url: string): Html {
  return isLink(url)
    ? html`<a href="${url}" rel="nofollow noopener noreferrer">${said(url)}</a>`
    : html`<code>${said(url)}</code>`;
}
