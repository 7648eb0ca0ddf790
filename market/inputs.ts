/** From the fields of a data form to typed inputs, whatever dialect stated the form. */

import type { Field, FieldType, Form } from '../protocol/data-form.ts';
import type { Input, InputType } from './listing.ts';

/** XEP-0122 datatypes (XML Schema's) as input types; what is not here says no more than the field's own type. */
const DATATYPES: { [datatype: string]: InputType } = {
  'xs:boolean': 'boolean',
  'xs:byte': 'integer',
  'xs:short': 'integer',
  'xs:int': 'integer',
  'xs:integer': 'integer',
  'xs:long': 'integer',
  'xs:nonNegativeInteger': 'integer',
  'xs:positiveInteger': 'integer',
  'xs:unsignedInt': 'integer',
  'xs:decimal': 'number',
  'xs:double': 'number',
  'xs:float': 'number',
  'xs:date': 'date',
  'xs:dateTime': 'date-time',
  'xs:anyURI': 'uri',
};

const FIELD_TYPES: { [type in Exclude<FieldType, 'fixed' | 'hidden'>]: InputType } = {
  boolean: 'boolean',
  'jid-multi': 'jid',
  'jid-single': 'jid',
  'list-multi': 'enum',
  'list-single': 'enum',
  'text-multi': 'string',
  'text-private': 'string',
  'text-single': 'string',
};

/** The inputs that a person or an agent fills in: fixed and hidden fields are none. */
export function inputsOf(fields: Field[]): Input[] {
  return fields.map(inputOf).filter((input) => input !== null);
}

/** What a result form or table gives back. */
export function outputsOf(form: Form): Input[] {
  return inputsOf([...form.reported, ...form.fields]).map((output) => ({ ...output, default: null }));
}

function inputOf(field: Field): Input | null {
  if (field.var === null || field.type === 'fixed' || field.type === 'hidden') return null;
  const multiple = field.type === 'list-multi' || field.type === 'jid-multi';
  const type = typeOf(field, field.type);
  return {
    name: field.var,
    label: field.label,
    description: field.desc,
    type,
    required: field.required,
    multiple,
    multiline: field.type === 'text-multi' && type === 'string',
    default: defaultOf(field, multiple),
    options: field.options.map(({ value, label }) => ({ value, label })),
    min: field.validation?.min ?? null,
    max: field.validation?.max ?? null,
    pattern: field.validation?.regex ?? null,
    secret: field.type === 'text-private',
  };
}

/** A choice stays a choice whatever datatype its options have; a list without options is open text. */
function typeOf(field: Field, type: keyof typeof FIELD_TYPES): InputType {
  if (field.options.length > 0 && FIELD_TYPES[type] === 'enum') return 'enum';
  const datatype = DATATYPES[field.validation?.datatype ?? ''];
  if (datatype && FIELD_TYPES[type] !== 'jid') return datatype;
  return FIELD_TYPES[type] === 'enum' ? 'string' : FIELD_TYPES[type];
}

/** A longer default is for the agent's own form to show. */
const defaultCharsMax = 500;

/** The lines of a text-multi are one text. */
function defaultOf(field: Field, multiple: boolean): string | string[] | null {
  const isLong = field.values.join('').length > defaultCharsMax;
  if (field.values.length === 0 || isLong || field.type === 'text-private') return null;
  if (multiple) return field.values;
  return (field.type === 'text-multi' ? field.values.join('\n') : field.values[0]) || null;
}
