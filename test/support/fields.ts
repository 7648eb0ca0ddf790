import { type Field, type Form, type FormType, field, form } from '../../protocol/data-form.ts';
import { NS_LISTING } from '../../protocol/namespaces.ts';

/** A field with nothing but what the test is about. */
export function textField(name: string, more: Partial<Field> = {}): Field {
  return {
    var: name,
    type: 'text-single',
    label: null,
    desc: null,
    required: false,
    values: [],
    options: [],
    validation: null,
    ...more,
  };
}

/** The values of a form by the names of their fields; as a list where a name comes twice. */
export type Values = { [name: string]: string | string[] } | [name: string, values: string | string[]][];

/** Fields with nothing but their values. */
export function fieldsOf(values: Values): Field[] {
  const entries = Array.isArray(values) ? values : Object.entries(values);
  return entries.map(([name, value]) => field(name, value));
}

/** A form with a FORM_TYPE (XEP-0068). */
export function formOf(type: FormType, formType: string, values: Values): Form {
  return form(type, [field('FORM_TYPE', formType, 'hidden'), ...fieldsOf(values)]);
}

/** What an agent states of a listing. */
export function listingForm(values: Values): Form {
  return formOf('result', NS_LISTING, values);
}
