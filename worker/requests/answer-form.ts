/** What a provider that is asked fills in: the same form in the message that asks it and in the command `propose`. */

import { noTerms, termsFrom, type WishedTerms } from '../../market/contract/terms.ts';
import type { Asked, CallForProposals } from '../../market/request/request.ts';
import { type Field, type Form, field, form } from '../../protocol/data-form.ts';
import { NS_REQUEST } from '../../protocol/namespaces.ts';
import { cleanLine } from '../../protocol/text.ts';
import { choiceField, timeText } from '../commands/fields.ts';
import { termsFields, wishedTerms } from '../commands/terms-form.ts';
import type { Values } from '../commands/values.ts';
import { priceText } from '../search-table.ts';

/** Of the input, in words; the form has it whole. */
const inputCharsMax = 500;

const answers = [
  { value: 'propose', label: 'Propose' },
  { value: 'refuse', label: 'Refuse, or take back what I proposed' },
];

/** What it proposed before is filled in. */
export function answerFields({ proposal, standing }: Pick<Asked, 'proposal' | 'standing'>): Field[] {
  return [
    choiceField('answer', 'Your answer', answers, standing === 'refused' ? 'refuse' : 'propose'),
    ...termsFields(proposal ? termsFrom(proposal) : noTerms).map((one) =>
      one.var === 'price_amount'
        ? { ...one, label: 'Price for the whole, a decimal number; 0 for nothing' }
        : one,
    ),
  ];
}

/** What was filled in, as terms. */
export function wishedIn(values: Values): WishedTerms {
  return wishedTerms(values);
}

/** The call in words, for a person. Nothing that the client writes looks like a line of the directory's. */
export function callInWords(
  { need, input, budget, deadline, client }: CallForProposals,
  listing: string,
): string {
  const lines = [
    `${client} calls for proposals, and asks you for: ${listing}`,
    'Need:',
    ...need.split('\n').map((line) => `> ${line}`),
    Object.keys(input).length > 0 && `Input: ${cleanLine(JSON.stringify(input), inputCharsMax)}`,
    budget && `Budget: ${budget.amount} ${budget.currency}`,
    `Until: ${timeText(deadline)}`,
  ];
  return lines.filter(Boolean).join('\n');
}

/** The form that goes out in a message: in hidden fields what a program reads, then what is to be filled in. */
export function callForm(request: CallForProposals, asked: Asked): Form {
  const { id, need, input, budget, deadline, client } = request;
  const hidden = (name: string, value: string) => field(name, value, 'hidden');
  return {
    ...form('form', [
      hidden('FORM_TYPE', NS_REQUEST),
      hidden('request', id),
      hidden('client', client),
      hidden('listing', asked.listing.id),
      hidden('need', need),
      hidden('input', JSON.stringify(input)),
      ...(budget ? [hidden('budget_amount', budget.amount), hidden('budget_currency', budget.currency)] : []),
      hidden('deadline', timeText(deadline)),
      hidden('command', 'propose'),
      ...answerFields(asked),
    ]),
    title: 'Call for proposals',
    instructions: callInWords(request, asked.listing.name),
  };
}

/** A proposal as its client is told of it. */
export function proposalForm(request: CallForProposals, { provider, listing, proposal }: Asked): Form | null {
  if (!proposal) return null;
  const { id, price, answerBy, deliverBy, words } = proposal;
  const told = (name: string, value: string | null) => (value === null ? [] : [field(name, value)]);
  return form(
    'result',
    [
      field('FORM_TYPE', NS_REQUEST, 'hidden'),
      field('request', request.id),
      field('proposal', id),
      field('provider', provider, 'jid-single'),
      field('listing', listing.id),
      field('price_amount', price.amount),
      field('price_currency', price.currency),
      field('price_unit', price.unit),
      ...told('answer_by', answerBy),
      ...told('deliver_by', deliverBy),
      ...(words === null ? [] : [field('words', words.split('\n'), 'text-multi')]),
    ],
    'Proposal',
  );
}

/** A proposal in one line. */
export function proposalText({ proposal }: Asked): string {
  if (!proposal) return '';
  const { price, answerBy, deliverBy } = proposal;
  const parts = [
    priceText(price),
    deliverBy && `done by ${timeText(new Date(deliverBy))}`,
    answerBy && `valid until ${timeText(new Date(answerBy))}`,
  ];
  return parts.filter(Boolean).join(', ');
}
