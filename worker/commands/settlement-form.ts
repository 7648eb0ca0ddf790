/** The note of a payment as the fields of a form. */

import { checkSettlement, type Settlement } from '../../market/contract/settlement.ts';
import type { Problem } from '../../market/problem.ts';
import type { Field } from '../../protocol/data-form.ts';
import { textField } from './fields.ts';
import { single, type Values } from './values.ts';

export function settlementFields(): Field[] {
  return [
    textField('pay_amount', 'Amount, a decimal number'),
    textField('pay_currency', 'Its currency, such as EUR'),
    textField('pay_reference', 'What the payment is known by'),
    textField('pay_link', 'How to pay or to see it: a payto:, https: or xmpp: address'),
  ];
}

/** @param invoice what stands beside the form as an element of its own */
export function settlementIn(values: Values, invoice: Settlement['invoice'] = null): Settlement | Problem {
  const amount = single(values, 'pay_amount');
  const checked = checkSettlement(
    {
      amount: amount ? { amount, currency: single(values, 'pay_currency') } : null,
      reference: single(values, 'pay_reference'),
      link: single(values, 'pay_link'),
      invoice,
    },
    '',
  );
  if (!('problem' in checked)) return checked;
  const errors = checked.errors.map(({ pointer, detail }) => ({
    pointer: fieldOf[pointer] ?? 'pay_reference',
    detail,
  }));
  return { ...checked, errors };
}

const fieldOf: { readonly [pointer: string]: string } = {
  '/amount/amount': 'pay_amount',
  '/amount/currency': 'pay_currency',
  '/link': 'pay_link',
};
