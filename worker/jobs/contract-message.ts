/** The message that tells a party of one event of its contract. */

import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import { openMoves } from '../../market/contract/move.ts';
import { invoiceOf } from '../../market/contract/settlement.ts';
import { otherSide, type Side } from '../../market/contract/states.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { writeContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { writeInvoice } from '../../protocol/dialects/payment.ts';
import { cleanLine, xmlSafe } from '../../protocol/text.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { settlementLine, termsLines } from '../contracts/offer-words.ts';
import { replyForm } from '../contracts/reply-form.ts';

export const contractMessageLimits = {
  /** Of what a party wrote; the command `contracts` shows it whole. */
  reasonCharsMax: 500,
  nameCharsMax: 200,
} as const;

/**
 * A `normal` message, which servers keep for who is away, in the contract's own thread. Its id is made of the contract and the
 * event, so that whoever gets it twice knows it again.
 * @param contract as it is now: it may have gone on since the event
 * @param history of what is negotiated, for the form by which the party answers
 */
export function contractMessage(
  contract: Contract,
  event: ContractEvent,
  side: Side,
  history: readonly ContractEvent[] = [],
): Element {
  const { id, listing } = contract;
  const { seq, by, move, state, data } = event;
  const other = contract[otherSide(side)];
  const about = listing ? ` (${cleanLine(listing.name, contractMessageLimits.nameCharsMax)})` : '';
  const who = by === side ? 'you' : by === 'directory' ? 'the directory' : other;
  const moves = event.seq === contract.version ? openMoves(contract, side, new Date()) : [];
  const hasForm = contract.kind === 'direct' && moves.length > 0;
  const { ask } = data;
  const lines = [
    `Contract ${id} with ${other}${about}: ${state}, since ${who} made the move '${move}'.`,
    ...termsLines(event, quoted),
    data.settlement && settlementLine(data.settlement, quoted),
    data.reason && `Reason: ${quoted(data.reason)}`,
    ask && `Asked for: ${quoted(ask.missing.join(', ') || ask.title || ask.text || 'more')}`,
    moves.length > 0 &&
      `The command 'contract' makes your moves: ${moves.join(', ')}.${hasForm ? ' So does the form, sent back.' : ''}`,
  ];
  return xml(
    'message',
    { to: contract[side], id: `contract-${id}-${seq}`, type: 'normal', 'xml:lang': 'en' },
    xml('thread', {}, id),
    xml('body', {}, xmlSafe(lines.filter(Boolean).join('\n'))),
    writeContractNotice({ id, seq, by, move, state, side }),
    data.settlement?.invoice && writeInvoice(invoiceOf(data.settlement.invoice)),
    hasForm && writeForm(replyForm({ contract, history }, moves)),
  );
}

/** In one line, so that nothing that a party writes looks like a line of the directory's. */
function quoted(text: string): string {
  return `'${cleanLine(text, contractMessageLimits.reasonCharsMax)}'`;
}
