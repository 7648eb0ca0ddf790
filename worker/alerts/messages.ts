/** The messages that a subscriber of a query gets, and the ids by which they are known when they come again, or come back. */

import type { ListingRecord } from '../../market/listing.ts';
import { shownForm } from '../../market/listing-form.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { type QueryNotice, writeQueryNotice } from '../../protocol/dialects/query-notice.ts';
import { cleanLine, xmlSafe } from '../../protocol/text.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { timeText } from '../commands/fields.ts';
import { specialistItem } from '../listing-item.ts';

/** Of the query in a message's text; the command `subscriptions` shows it whole. */
const queryCharsMax = 200;

export type Told = { subscription: string; jid: string; query: string; untilMs: number };

export function matchMessage(to: Told, seq: number, record: ListingRecord): Element {
  const { listing } = record;
  const { jid, node } = specialistItem(record);
  const lines = [
    `${listing.name} matches ${quoted(to.query)}.`,
    node === null ? `Whom to ask: ${jid}` : `Whom to ask: ${jid}, node ${node}`,
    `Listing: ${listing.id}`,
  ];
  const notice = { event: 'match', seq, listing: listing.id } as const;
  return message(to, `${to.subscription}-${seq}`, lines, notice, writeForm(shownForm(record)));
}

/** @param firstMissed the number of the first change that matched and could not wait */
export function missedMessage(to: Told, firstMissed: number): Element {
  const since = firstMissed - 1;
  const lines = [
    `More came to match ${quoted(to.query)} than could wait to be told.`,
    `Search again, or read the change feed from there on: /v1/changes?since=${since}`,
  ];
  return message(to, `${to.subscription}-missed-${firstMissed}`, lines, { event: 'missed', seq: since });
}

export function lapsingMessage(to: Told): Element {
  const lines = [
    `The subscription to ${quoted(to.query)} ends at ${untilOf(to)}.`,
    "The command 'subscriptions' renews it.",
  ];
  return message(to, `${to.subscription}-lapsing-${secondsOf(to)}`, lines, { event: 'lapsing' });
}

export function endedMessage(to: Told): Element {
  const lines = [
    `The subscription to ${quoted(to.query)} has ended.`,
    "The command 'subscribe' begins a new one.",
  ];
  return message(to, `${to.subscription}-ended`, lines, { event: 'ended' });
}

const SUBSCRIPTION_ID = /^sub-([0-9a-f]{16})-/;

/** The subscription that a message with this id was sent for; null where none was. */
export function subscriptionOf(stanzaId: string): string | null {
  return SUBSCRIPTION_ID.exec(stanzaId)?.[1] ?? null;
}

/**
 * A `normal` message: the server keeps it for who is away (RFC 6121 §8.5.2.1.1), and clients do not take it for somebody who
 * wants to talk.
 */
function message(
  to: Told,
  id: string,
  lines: string[],
  notice: Pick<QueryNotice, 'event'> & Partial<QueryNotice>,
  form: Element | null = null,
): Element {
  const { subscription } = to;
  return xml(
    'message',
    { to: to.jid, id: `sub-${id}`, type: 'normal', 'xml:lang': 'en' },
    xml('body', {}, xmlSafe(lines.join('\n'))),
    writeQueryNotice({ seq: null, listing: null, ...notice, subscription, until: untilOf(to) }),
    form,
  );
}

function untilOf({ untilMs }: Told): string {
  return timeText(new Date(untilMs));
}

function secondsOf({ untilMs }: Told): number {
  return Math.floor(untilMs / 1000);
}

function quoted(query: string): string {
  const shown = cleanLine(query, queryCharsMax);
  return `'${shown.length < query.length ? `${shown}…` : shown}'`;
}
