/**
 * Guildhall's own: what a message tells the subscriber of a query, `urn:guildhall:subscription:0`. A match carries the listing's
 * form beside it.
 */

import { NS_SUBSCRIPTION } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { token } from '../text.ts';
import { type Element, expectElement, xml } from '../xml.ts';

/** `match`: a listing; `missed`: there were more than could wait; `lapsing`: the lease ends soon; `ended`: it has. */
export const queryNoticeEvents = ['match', 'missed', 'lapsing', 'ended'] as const;

export type QueryNotice = {
  event: (typeof queryNoticeEvents)[number];
  /** The subscription's id. */
  subscription: string;
  /** Of a match, the change's number; of `missed`, the number after which the change feed has what was missed. */
  seq: number | null;
  /** Of a match, the listing's public id. */
  listing: string | null;
  /** When the lease ends: RFC 3339. */
  until: string;
};

const idCharsMax = 64;
const listingCharsMax = 4_096;

/** @throws {ParseError} where the element is none, or says nothing of what it has to */
export function readQueryNotice(element: Element): QueryNotice {
  expectElement(element, 'notice', NS_SUBSCRIPTION);
  const { attrs } = element;
  const event = queryNoticeEvents.find((known) => known === attrs.event);
  const subscription = token(attrs.subscription, idCharsMax);
  const until = token(attrs.until, 40);
  if (!event || !subscription || !until) throw new ParseError('the notice lacks an attribute');
  const seq = /^\d{1,15}$/.test(attrs.seq ?? '') ? Number(attrs.seq) : null;
  return { event, subscription, seq, listing: token(attrs.listing, listingCharsMax), until };
}

export function writeQueryNotice({ event, subscription, seq, listing, until }: QueryNotice): Element {
  return xml('notice', {
    xmlns: NS_SUBSCRIPTION,
    event,
    subscription,
    seq: seq === null ? undefined : String(seq),
    listing: listing ?? undefined,
    until,
  });
}
