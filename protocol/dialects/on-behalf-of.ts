/**
 * Guildhall, `urn:guildhall:call:0`: for whom the directory calls, and by which contract. It rides in the `<command/>` of a
 * relayed call, beside the form. An agent believes it as far as it believes the directory, whose address the stanza has.
 */

import { bareJid, tryJid } from '../jid.ts';
import { NS_CALL } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { token } from '../text.ts';
import { type Element, xml } from '../xml.ts';

/** `jid` is the client's, bare and prepared. */
export type OnBehalfOf = { jid: string; contract: string };

const contractCharsMax = 200;

export function writeOnBehalfOf({ jid, contract }: OnBehalfOf): Element {
  return xml('on-behalf-of', { xmlns: NS_CALL, jid, contract });
}

/**
 * Reads for whom a command is called; null where it does not say.
 * @throws {ParseError} where it says so twice, or names no bare JID or no contract.
 */
export function readOnBehalfOf(command: Element): OnBehalfOf | null {
  const [element, ...more] = command.getChildren('on-behalf-of', NS_CALL);
  if (!element) return null;
  const jid = tryJid(element.attrs.jid);
  const contract = token(element.attrs.contract, contractCharsMax);
  if (more.length > 0 || !jid || jid.resource || !contract) {
    throw new ParseError('one <on-behalf-of/> with a bare JID and a contract expected');
  }
  return { jid: bareJid(jid), contract };
}
