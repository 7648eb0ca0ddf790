/** Submitted forms, validated against the form that was shown (XEP-0004 §3.2, XEP-0122 §3). */

import type { Pointer } from '../../market/problem.ts';
import { type Field, type Form, formLimits, type Validation } from '../../protocol/data-form.ts';
import { tryJid } from '../../protocol/jid.ts';

/** What was filled in, by the fields of the form that was shown; a field that was left empty has no values. */
export type Values = ReadonlyMap<string, readonly string[]>;

export function several(values: Values, name: string): readonly string[] {
  return values.get(name) ?? [];
}

/** The one value of a field; an empty text where it has none. */
export function single(values: Values, name: string): string {
  return several(values, name)[0] ?? '';
}

export function isChecked(values: Values, name: string): boolean {
  return ['1', 'true'].includes(single(values, name));
}

/**
 * Reads a submitted form. A field that it leaves out keeps what the form showed; fields that were not asked for are
 * ignored.
 * @returns every field's values, also those that are wrong, and what is wrong by the field's name
 */
export function readValues(shown: Form, submitted: Form): { values: Values; errors: Pointer[] } {
  const given = new Map(submitted.fields.map((field) => [field.var, field.values]));
  const values = new Map<string, string[]>();
  const errors: Pointer[] = [];
  for (const field of shown.fields) {
    if (field.var === null || field.type === 'fixed') continue;
    const isFixed = field.type === 'hidden' || !given.has(field.var);
    const found = (isFixed ? field.values : (given.get(field.var) ?? [])).filter((value) => value !== '');
    values.set(field.var, found);
    const detail = faultOf(field, found);
    if (detail) errors.push({ pointer: field.var, detail });
  }
  return { values, errors };
}

/** The form with other values in its fields, as somebody filled them in before. */
export function refilled(form: Form, values: Values): Form {
  const refill = (field: Field) => ({ ...field, values: [...(values.get(field.var ?? '') ?? field.values)] });
  return { ...form, fields: form.fields.map(refill) };
}

const isMultiple = (field: Field) => ['jid-multi', 'list-multi', 'text-multi'].includes(field.type);

/** What is wrong with the values; null where nothing is. */
function faultOf(field: Field, values: string[]): string | null {
  if (values.length === 0) return field.required ? 'expected a value' : null;
  if (!isMultiple(field) && values.length > 1) return 'expected one value';
  if (values.some((value) => value.length > formLimits.textCharsMax)) {
    return `expected at most ${formLimits.textCharsMax} characters`;
  }
  for (const value of values) {
    const fault = typeFault(field, value) ?? (field.validation && datatypeFault(field.validation, value));
    if (fault) return fault;
  }
  return null;
}

function typeFault(field: Field, value: string): string | null {
  switch (field.type) {
    case 'boolean':
      return /^(0|1|true|false)$/.test(value) ? null : 'expected true or false';
    case 'jid-single':
    case 'jid-multi':
      return tryJid(value) ? null : 'expected a JID';
    case 'list-single':
    case 'list-multi': {
      const isOffered = field.options.some((option) => option.value === value);
      if (isOffered || field.validation?.method === 'open') return null;
      return 'expected one of the options';
    }
    case 'fixed':
    case 'hidden':
    case 'text-multi':
    case 'text-private':
    case 'text-single':
      return null;
  }
}

const INTEGERS = new Set(['xs:integer', 'xs:int', 'xs:long', 'xs:short', 'xs:byte']);
const NUMBERS = new Set(['xs:decimal', 'xs:double', 'xs:float']);

/** The datatypes that the directory's own forms use; patterns are for the one who fills in, and never run. */
function datatypeFault(validation: Validation, value: string): string | null {
  const { datatype, method, min, max } = validation;
  const isInteger = INTEGERS.has(datatype);
  if (!isInteger && !NUMBERS.has(datatype)) return null;
  const shape = isInteger ? /^[+-]?\d{1,15}$/ : /^[+-]?\d{1,15}(\.\d{1,15})?$/;
  const number = Number(value);
  const isInRange =
    method !== 'range' ||
    ((min === null || number >= Number(min)) && (max === null || number <= Number(max)));
  if (shape.test(value) && isInRange) return null;
  const from = method === 'range' && min !== null ? ` from ${min}` : '';
  const to = method === 'range' && max !== null ? ` to ${max}` : '';
  return `expected a ${isInteger ? 'whole number' : 'number'}${from}${to}`;
}
