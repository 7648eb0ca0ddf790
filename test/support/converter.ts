import type { Listing } from '../../market/listing.ts';
import { inputOf } from './inputs.ts';

/** A listing that says something in each of the places where words are looked for. */
export const converter: Partial<Listing> & { node: string } = {
  node: 'fx',
  name: 'Convert currencies',
  description: 'Turns an amount of one currency into another, at the rates of a working day.',
  tags: ['Finance', 'exchange rate'],
  category: 'finance',
  inputs: [
    inputOf('amount', { type: 'number' }),
    inputOf('to_ccy', { type: 'enum', options: [{ value: 'JPY', label: 'Yen' }] }),
    inputOf('day', { label: 'Working day', type: 'date' }),
  ],
};
