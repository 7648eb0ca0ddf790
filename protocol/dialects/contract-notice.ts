/**
 * Guildhall's own: what a message tells a party of its contract, `urn:guildhall:contract:0`. One message tells one event;
 * `id` and `seq` together say which, however often it comes.
 */

import { NS_CONTRACT } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { token } from '../text.ts';
import { type Element, expectElement, xml } from '../xml.ts';

export type ContractNotice = {
  id: string;
  /** The event's number. */
  seq: number;
  /** Who moved: `client`, `provider` or `directory`. */
  by: string;
  move: string;
  /** The state in which the move left the contract. */
  state: string;
  /** Which side the receiver is. */
  side: string;
};

const idCharsMax = 100;
const wordCharsMax = 40;

/** @throws {ParseError} where the element is none, or says nothing of what it has to */
export function readContractNotice(element: Element): ContractNotice {
  expectElement(element, 'contract', NS_CONTRACT);
  const { attrs } = element;
  const id = token(attrs.id, idCharsMax);
  const seq = /^\d{1,15}$/.test(attrs.seq ?? '') ? Number(attrs.seq) : null;
  const [by, move, state, side] = [attrs.by, attrs.move, attrs.state, attrs.side].map((word) =>
    token(word, wordCharsMax),
  );
  if (!id || seq === null || !by || !move || !state || !side) {
    throw new ParseError('the notice of a contract lacks an attribute');
  }
  return { id, seq, by, move, state, side };
}

export function writeContractNotice({ id, seq, by, move, state, side }: ContractNotice): Element {
  return xml('contract', { xmlns: NS_CONTRACT, id, seq: String(seq), by, move, state, side });
}
