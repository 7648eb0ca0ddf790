/** The command by which a contract is recorded that its two parties make among themselves. */

import { randomUUID } from 'node:crypto';
import { otherSide } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import { showContract } from '../../operations/contracts/show.ts';
import { openWitness } from '../../operations/contracts/witness.ts';
import type { Deps } from '../../operations/deps.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { readPrice } from '../../protocol/dialects/listing-form.ts';
import { summaryFields } from './contract-form.ts';
import { ask, type Choice, choiceField, textField } from './fields.ts';
import { atField, atFields } from './query-field.ts';
import type { Command } from './step.ts';
import { several, single, type Values } from './values.ts';

export const nodeWitness = 'witness';

const sides: Choice[] = [
  { value: 'client', label: 'I have it done' },
  { value: 'provider', label: 'I do it' },
];

const fields: Field[] = [
  choiceField('side', 'Which side I am', sides, 'client'),
  textField('other', 'The other side', { type: 'jid-single', required: true }),
  textField('terms', 'What is agreed', { type: 'text-multi', required: true }),
  textField('listing', 'The id of the listing that it is about, if it is about one'),
  textField('price_amount', 'Price, if there is one'),
  textField('price_currency', 'Currency of the price, such as EUR'),
  textField('price_unit', 'What the price is for: call, hour, word or the like'),
];

const description =
  'Records a contract that you and another party make among yourselves. The other is told, and confirms or declines.';

export function witnessCommand(deps: Deps): Command {
  return {
    node: nodeWitness,
    name: 'Have a contract witnessed',
    about: { description, fields },
    async start(caller) {
      // A stage that is sent again because nobody knows what came of it opens one contract.
      const key = randomUUID();
      return {
        form: ask('Have a contract witnessed', description, fields),
        actions: ['complete'],
        async submit(values) {
          const price = priceIn(values);
          if (single(values, 'price_amount') && !price) {
            return atField('price_amount', 'expected a number, with a currency such as EUR');
          }
          const wish = {
            side: single(values, 'side') === 'provider' ? ('provider' as const) : ('client' as const),
            other: single(values, 'other'),
            terms: { terms: several(values, 'terms').join('\n') },
            listing: single(values, 'listing') || null,
            price,
          };
          const opened = await openWitness(deps, caller, wish, key);
          if (isProblem(opened)) return atFields(opened);
          const own = await showContract(deps, caller, opened.id);
          if (isProblem(own)) return own;
          const other = own.contract[otherSide(own.side)];
          return {
            result: form('result', summaryFields(own), 'Contract'),
            notes: [{ type: 'info', text: `${other} is told, and is to confirm it.` }],
          };
        },
      };
    },
  };
}

function priceIn(values: Values) {
  const names = ['price_amount', 'price_currency', 'price_unit'];
  return readPrice(
    form(
      'submit',
      names.map((name) => field(name, [...several(values, name)])),
    ),
  );
}
