import { type Element, xml } from '@xmpp/xml';
import { NS_COMMANDS, NS_STANZAS } from './namespaces.ts';

export type ErrorType = 'auth' | 'cancel' | 'modify' | 'wait';

/** A stanza error (RFC 6120 section 8.3). */
export function stanzaError(type: ErrorType, condition: string, text?: string, detail?: Element): Element {
  return xml(
    'error',
    { type },
    xml(condition, { xmlns: NS_STANZAS }),
    text && xml('text', { xmlns: NS_STANZAS, 'xml:lang': 'en' }, text),
    detail,
  );
}

/** A command error (XEP-0050 section 4.4): `bad-request` with the condition that says what exactly is wrong. */
export function commandError(
  condition: 'bad-action' | 'bad-payload' | 'bad-sessionid' | 'malformed-action',
  text: string,
): Element {
  return stanzaError('modify', 'bad-request', text, xml(condition, { xmlns: NS_COMMANDS }));
}
