/**
 * Guildhall's own: what a message tells a party of a call for proposals, `urn:guildhall:request:0`. The events go by the
 * names that the FIPA Contract Net Interaction Protocol (SC00029H) has for them, where it has one.
 * http://www.fipa.org/specs/fipa00029/SC00029H.html
 */

import { NS_REQUEST } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { token } from '../text.ts';
import { type Element, expectElement, xml } from '../xml.ts';

export const requestNoticeEvents = [
  'cfp',
  'propose',
  'refuse',
  'decide',
  'accept-proposal',
  'reject-proposal',
  'close',
  'expire',
  'cancel',
] as const;
export type RequestNoticeEvent = (typeof requestNoticeEvents)[number];

export type RequestNotice = {
  id: string;
  event: RequestNoticeEvent;
  /** The state in which the call was then. */
  state: string;
  /** Which side the receiver is: `client` or `provider`. */
  side: string;
  /** Until when proposals are taken: RFC 3339. */
  deadline: string;
  /** The proposal that it is about; null where it is about none. */
  proposal: string | null;
  /** The contract that a proposal made. */
  contract: string | null;
};

const idCharsMax = 100;
const wordCharsMax = 40;

/** @throws {ParseError} where the element is none, or says nothing of what it has to */
export function readRequestNotice(element: Element): RequestNotice {
  expectElement(element, 'request', NS_REQUEST);
  const { attrs } = element;
  const event = requestNoticeEvents.find((known) => known === attrs.event);
  const [id, proposal, contract] = [attrs.id, attrs.proposal, attrs.contract].map((text) =>
    token(text, idCharsMax),
  );
  const [state, side, deadline] = [attrs.state, attrs.side, attrs.deadline].map((text) =>
    token(text, wordCharsMax),
  );
  if (!id || !event || !state || !side || !deadline) {
    throw new ParseError('the notice of a call for proposals lacks an attribute');
  }
  return { id, event, state, side, deadline, proposal: proposal ?? null, contract: contract ?? null };
}

export function writeRequestNotice(notice: RequestNotice): Element {
  const { id, event, state, side, deadline, proposal, contract } = notice;
  return xml('request', {
    xmlns: NS_REQUEST,
    ...{ id, event, state, side, deadline },
    proposal: proposal ?? undefined,
    contract: contract ?? undefined,
  });
}
