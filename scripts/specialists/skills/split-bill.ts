import { line, type Skill } from '../skill.ts';

/** What it asks for first does not tell it enough: it asks once more. */
export const splitBill: Skill = {
  id: 'split-bill',
  name: 'Split a bill',
  description:
    'Says what each guest pays of a bill: first the amount, then, in a second stage, guests and tip.',
  category: 'finance',
  tags: ['bill', 'tip', 'share', 'restaurant'],
  lang: ['en'],
  queries: ['split a restaurant bill', 'what does each of us pay with ten percent tip'],
  fields: [
    {
      name: 'amount',
      label: 'Amount of the bill',
      type: 'text-single',
      required: true,
      datatype: 'xs:decimal',
      min: '0',
      max: '1000000',
    },
    {
      name: 'currency',
      label: 'Currency',
      type: 'list-single',
      default: 'EUR',
      options: [
        { value: 'EUR', label: 'Euro' },
        { value: 'CHF', label: 'Swiss franc' },
        { value: 'GBP', label: 'Pound sterling' },
      ],
    },
    { name: 'round', label: 'Round up', type: 'boolean', default: 'false' },
  ],
  second: [
    {
      name: 'guests',
      label: 'Guests',
      type: 'text-single',
      required: true,
      datatype: 'xs:integer',
      min: '1',
      max: '1000',
    },
    {
      name: 'tip',
      label: 'Tip, in percent',
      type: 'text-single',
      default: '10',
      datatype: 'xs:integer',
      min: '0',
      max: '100',
    },
  ],
  run(answers) {
    const tip = answers.has('tip') ? answers.number('tip') : 0;
    const cents = (answers.number('amount') * (100 + tip)) / answers.number('guests');
    const each = answers.flag('round') ? Math.ceil(cents / 100) : Math.round(cents) / 100;
    const currency = answers.text('currency') || 'EUR';
    return [line('each', 'Each pays', each.toFixed(2)), line('currency', 'Currency', currency)];
  },
};
