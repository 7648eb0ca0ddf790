/** What a message says, in words for people, of terms and of payments. */

import type { ContractEvent } from '../../market/contract/contract.ts';
import type { Settlement } from '../../market/contract/settlement.ts';
import { noTerms, termsFrom } from '../../market/contract/terms.ts';
import { timeText } from '../commands/fields.ts';
import { priceText } from '../search-table.ts';

/** Each line says one thing; `quoted` makes one line of what a party wrote. */
export function termsLines({ move, data }: ContractEvent, quoted: (text: string) => string): string[] {
  const { terms, input } = data;
  const isGiven = (terms || move === 'input') && input && Object.keys(input).length > 0;
  const { price, answerBy, deliverBy, words } = terms ? termsFrom(terms) : noTerms;
  return [
    terms && `Price: ${priceText(price) || 'none'}.`,
    answerBy && `To be accepted until ${timeText(answerBy)}.`,
    deliverBy && `The work is due ${timeText(deliverBy)}.`,
    words && `Agreed besides: ${quoted(words)}`,
    isGiven && `Given: ${quoted(JSON.stringify(input))}`,
  ].filter((line) => typeof line === 'string');
}

export function settlementLine(
  { amount, reference, link, invoice }: Settlement,
  quoted: (text: string) => string,
): string {
  const parts = [
    amount && `${amount.amount} ${amount.currency}`,
    reference && `reference ${quoted(reference)}`,
    link && `address ${quoted(link)}`,
    invoice && `an invoice, session ${quoted(invoice.session)}`,
  ];
  return `Payment noted: ${parts.filter(Boolean).join(', ')}.`;
}
