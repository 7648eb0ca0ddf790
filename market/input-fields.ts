/** From typed inputs to the fields of a data form (XEP-0004 §3.3, XEP-0122 §3). */

import { type Field, type FieldType, field, type Validation } from '../protocol/data-form.ts';
import type { Input, InputType } from './listing.ts';

export function fieldTypeOf(input: Input): FieldType {
  if (input.secret) return 'text-private';
  switch (input.type) {
    case 'boolean':
      return 'boolean';
    case 'enum':
      return input.multiple ? 'list-multi' : 'list-single';
    case 'jid':
      return input.multiple ? 'jid-multi' : 'jid-single';
    case 'string':
    case 'number':
    case 'integer':
    case 'date':
    case 'date-time':
    case 'uri':
    case 'email':
      return input.multiline || input.multiple ? 'text-multi' : 'text-single';
  }
}

/** The field in which the input is given; a choice without options is open text. */
export function inputField(input: Input, values: string[]): Field {
  const { name, label, description, required, options } = input;
  const isOpenChoice = input.type === 'enum' && options.length === 0;
  const type = fieldTypeOf(isOpenChoice ? { ...input, type: 'string' } : input);
  return {
    ...field(name, values, type),
    label,
    desc: description,
    required,
    options: input.type === 'enum' ? options : [],
    validation: validationOf(input),
  };
}

const DATATYPES: { [type in InputType]?: string } = {
  number: 'xs:decimal',
  integer: 'xs:integer',
  date: 'xs:date',
  'date-time': 'xs:dateTime',
  uri: 'xs:anyURI',
};

/** Bounds that are no numbers are for the agent itself to explain. */
function validationOf({ type, min, max }: Input): Validation | null {
  const datatype = DATATYPES[type];
  if (!datatype) return null;
  const isNumeric = type === 'number' || type === 'integer';
  const [from, to] = [min, max].map((bound) => (isNumeric && isNumber(bound) ? bound : null));
  const hasRange = from != null || to != null;
  return {
    datatype,
    method: hasRange ? 'range' : 'basic',
    min: from ?? null,
    max: to ?? null,
    regex: null,
  };
}

function isNumber(text: string | null): boolean {
  return text !== null && text.trim() !== '' && Number.isFinite(Number(text));
}
