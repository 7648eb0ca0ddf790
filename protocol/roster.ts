/**
 * The roster: RFC 6121 §2.
 */

import { bareJid, tryJid } from './jid.ts';
import { NS_ROSTER } from './namespaces.ts';
import { type Element, expectElement, xml } from './xml.ts';

export const subscriptionStates = ['none', 'to', 'from', 'both', 'remove'] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];
export type RosterItem = { jid: string; subscription: SubscriptionState; asked: boolean };

export function rosterQuery(): Element {
  return xml('query', { xmlns: NS_ROSTER });
}

/** Reads a roster, or the push of one item. @throws {ParseError} */
export function readRoster(element: Element): RosterItem[] {
  expectElement(element, 'query', NS_ROSTER);
  return element.getChildren('item', NS_ROSTER).flatMap((item) => {
    const jid = tryJid(item.attrs.jid);
    if (!jid) return [];
    const subscription = subscriptionStates.find((state) => state === item.attrs.subscription) ?? 'none';
    return [{ jid: bareJid(jid), subscription, asked: item.attrs.ask === 'subscribe' }];
  });
}
