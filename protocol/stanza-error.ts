/**
 * Stanza errors: RFC 6120 §8.3, "Stanza Errors".
 */

import { NS_STANZAS } from './namespaces.ts';
import { cleanLine } from './text.ts';
import { type Element, xml } from './xml.ts';

export const errorTypes = ['auth', 'cancel', 'continue', 'modify', 'wait'] as const;
export type ErrorType = (typeof errorTypes)[number];

export const conditions = [
  'bad-request',
  'conflict',
  'feature-not-implemented',
  'forbidden',
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'not-acceptable',
  'not-allowed',
  'not-authorized',
  'policy-violation',
  'recipient-unavailable',
  'redirect',
  'registration-required',
  'remote-server-not-found',
  'remote-server-timeout',
  'resource-constraint',
  'service-unavailable',
  'subscription-required',
  'undefined-condition',
  'unexpected-request',
] as const;
export type Condition = (typeof conditions)[number];

export type StanzaError = { type: ErrorType; condition: Condition; text: string | null };

const textCharsMax = 500;

/** Reads the `<error/>` of a stanza; what is missing or unknown becomes `undefined-condition`. */
export function readStanzaError(stanza: Element): StanzaError {
  const error = stanza.getChild('error');
  const names = new Set(error?.getChildElements().map((child) => child.name));
  const condition = conditions.find((name) => names.has(name)) ?? 'undefined-condition';
  const type = errorTypes.find((name) => name === error?.attrs.type) ?? 'cancel';
  const text = cleanLine(error?.getChild('text', NS_STANZAS)?.text() ?? '', textCharsMax);
  return { type, condition, text: text || null };
}

/** The text is in English. */
export function writeStanzaError(error: StanzaError): Element {
  return xml(
    'error',
    { type: error.type },
    xml(error.condition, { xmlns: NS_STANZAS }),
    error.text && xml('text', { xmlns: NS_STANZAS, 'xml:lang': 'en' }, error.text),
  );
}
