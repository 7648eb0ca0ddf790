/** The terms of a contract as the fields of a form. */

import { contractLimits } from '../../market/contract/limits.ts';
import { type Terms, unitDefault, type WishedTerms } from '../../market/contract/terms.ts';
import type { Problem } from '../../market/problem.ts';
import type { Field } from '../../protocol/data-form.ts';
import { textField, timeText } from './fields.ts';
import { several, single, type Values } from './values.ts';

/** What stands now is filled in: it says what the terms are, and is what others are made from. */
export function termsFields({ price, answerBy, deliverBy, words }: Terms): Field[] {
  const time = (at: Date | null) => (at ? [timeText(at)] : []);
  const { answerDaysMax, deliverDaysMax } = contractLimits;
  return [
    textField('price_amount', 'Price for the whole, a decimal number; empty for nothing', {
      values: price ? [price.amount] : [],
    }),
    textField('price_currency', 'Currency of the price, such as EUR', {
      values: price ? [price.currency] : [],
    }),
    textField('price_unit', `What the price is for, if not the ${unitDefault}`, {
      values: price ? [price.unit] : [],
    }),
    textField('answer_by', `Until when they can be accepted, at most ${answerDaysMax} days ahead`, {
      values: time(answerBy),
    }),
    textField('deliver_by', `When the work is due, at most ${deliverDaysMax} days ahead`, {
      values: time(deliverBy),
    }),
    textField('words', 'What else is agreed', { type: 'text-multi', values: words?.split('\n') ?? [] }),
  ];
}

export function wishedTerms(values: Values): WishedTerms {
  const amount = single(values, 'price_amount');
  return {
    price: amount
      ? {
          amount,
          currency: single(values, 'price_currency'),
          unit: single(values, 'price_unit'),
        }
      : null,
    answerBy: single(values, 'answer_by') || null,
    deliverBy: single(values, 'deliver_by') || null,
    words: several(values, 'words').join('\n'),
  };
}

const fieldOf: { readonly [pointer: string]: string } = {
  '/price/amount': 'price_amount',
  '/price/currency': 'price_currency',
  '/answerBy': 'answer_by',
  '/deliverBy': 'deliver_by',
  '/words': 'words',
};

/** A problem of the terms names the fields of the form. */
export function inFields(refused: Problem): Problem {
  const errors = refused.errors.map(({ pointer, detail }) => ({
    pointer: fieldOf[pointer.replace(/^\/terms/, '')] ?? pointer,
    detail,
  }));
  return { ...refused, errors };
}
