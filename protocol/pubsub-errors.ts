/**
 * XEP-0060: Publish-Subscribe (1.26), §6 to §8: errors, each a stanza error with a condition of pubsub's own beside it.
 * https://xmpp.org/extensions/xep-0060.html#errors
 */

import { NS_PUBSUB_ERRORS } from './namespaces.ts';
import { type StanzaError, writeStanzaError } from './stanza-error.ts';
import { type Element, xml } from './xml.ts';

/** What an entity would have to be able to do: the names of the features, as in `http://jabber.org/protocol/pubsub#NAME`. */
export type PubsubFeature = string;

/** The conditions that are answered here, each with the stanza error that goes with it, and where that is said. */
const conditions = {
  /** §6.1.3.1 */
  'invalid-jid': ['modify', 'bad-request'],
  /** §6.1.3.2, §6.5.9.6 */
  'presence-subscription-required': ['auth', 'not-authorized'],
  /** §6.1.3.9 */
  'too-many-subscriptions': ['wait', 'policy-violation'],
  /** §6.2.3.2 */
  'not-subscribed': ['cancel', 'unexpected-request'],
  /** §6.2.3.5 */
  'invalid-subid': ['modify', 'not-acceptable'],
  /** §6.3.4.3 */
  'jid-required': ['modify', 'bad-request'],
  /** §7.2.3.3 */
  'nodeid-required': ['modify', 'bad-request'],
  /** §6.1.3.10 and others */
  unsupported: ['cancel', 'feature-not-implemented'],
} as const satisfies { [name: string]: [StanzaError['type'], StanzaError['condition']] };

export type PubsubCondition = keyof typeof conditions;

/** @param feature of `unsupported`: which one */
export function writePubsubError(
  name: PubsubCondition,
  text: string | null = null,
  feature?: PubsubFeature,
): Element {
  const [type, condition] = conditions[name];
  const error = writeStanzaError({ type, condition, text });
  error.append(xml(name, { xmlns: NS_PUBSUB_ERRORS, feature }));
  return error;
}
