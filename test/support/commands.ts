import type { TestCommand } from './agent.ts';
import { textField } from './fields.ts';

/** A command whose form has a number and a choice. */
export const convert: TestCommand = {
  name: 'Convert feet',
  fields: [
    textField('amount', {
      label: 'Amount',
      required: true,
      validation: { datatype: 'xs:decimal', method: 'range', min: '0', max: '9', regex: null },
    }),
    textField('unit', { type: 'list-single', label: 'Unit', options: [{ label: 'Metre', value: 'm' }] }),
  ],
};

/** A command whose form has one field of text. */
export const tune: TestCommand = { name: 'Name that tune', fields: [textField('tune')] };
