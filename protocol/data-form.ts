/**
 * XEP-0004: Data Forms (2.13), with the datatypes of XEP-0122: Data Forms Validation (1.0) and the order of XEP-0141:
 * Data Forms Layout (1.1).
 * https://xmpp.org/extensions/xep-0004.html, https://xmpp.org/extensions/xep-0122.html
 */

import { type LaidOutField, readLayout } from './form-layout.ts';
import { type MediaUri, readMedia, writeMedia } from './media-element.ts';
import { NS_DATA, NS_MEDIA, NS_VALIDATE } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { cleanLine, cleanText, token } from './text.ts';
import { boundedChildren, type Element, expectElement, xml } from './xml.ts';

export const formTypes = ['form', 'submit', 'cancel', 'result'] as const;
export type FormType = (typeof formTypes)[number];

export const fieldTypes = [
  'boolean',
  'fixed',
  'hidden',
  'jid-multi',
  'jid-single',
  'list-multi',
  'list-single',
  'text-multi',
  'text-private',
  'text-single',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/** What XEP-0122 says of a field's value; patterns are text and never run. */
export type Validation = {
  datatype: string;
  method: 'basic' | 'open' | 'range' | 'regex';
  min: string | null;
  max: string | null;
  regex: string | null;
};

export type FieldOption = { label: string | null; value: string };

export type Field = {
  var: string | null;
  type: FieldType;
  label: string | null;
  desc: string | null;
  required: boolean;
  values: string[];
  options: FieldOption[];
  validation: Validation | null;
  /** What stands beside the values (XEP-0221); left out where nothing does. */
  media?: MediaUri[];
};

export type Form = {
  type: FormType;
  title: string | null;
  instructions: string | null;
  fields: Field[];
  reported: Field[];
  items: Field[][];
};

export const formLimits = {
  fieldsMax: 200,
  optionsMax: 500,
  valuesMax: 500,
  itemsMax: 1000,
  varCharsMax: 200,
  lineCharsMax: 500,
  textCharsMax: 4000,
  valueCharsMax: 65_536,
} as const;

/** @throws {ParseError} where the element is no form or exceeds `formLimits`. */
export function readForm(element: Element): Form {
  expectElement(element, 'x', NS_DATA);
  const type = formTypes.find((name) => name === element.attrs.type);
  if (!type)
    throw new ParseError(`form type '${element.attrs.type ?? ''}' is none of ${formTypes.join(', ')}`);
  const reported = element.getChild('reported', NS_DATA);
  const instructions = element.getChildren('instructions', NS_DATA).slice(0, 20);
  return {
    type,
    title: line(element.getChildText('title', NS_DATA)),
    instructions:
      cleanText(instructions.map((part) => part.text()).join('\n'), formLimits.textCharsMax) || null,
    fields: laidOut(readFields(element), readLayout(element)),
    reported: reported ? readFields(reported) : [],
    items: boundedChildren(element, 'item', NS_DATA, formLimits.itemsMax).map(readFields),
  };
}

export function writeForm(form: Form): Element {
  return xml(
    'x',
    { xmlns: NS_DATA, type: form.type },
    form.title && xml('title', {}, form.title),
    form.instructions && xml('instructions', {}, form.instructions),
    form.fields.map(writeField),
    form.reported.length > 0 && xml('reported', {}, form.reported.map(writeField)),
    form.items.map((item) => xml('item', {}, item.map(writeField))),
  );
}

/** A field with nothing but a name and values: what submits and results carry. */
export function field(name: string, values: string | string[], type: FieldType = 'text-single'): Field {
  return {
    var: name,
    type,
    label: null,
    desc: null,
    required: false,
    values: Array.isArray(values) ? values : [values],
    options: [],
    validation: null,
  };
}

export function form(type: FormType, fields: Field[], title: string | null = null): Form {
  return { type, title, instructions: null, fields, reported: [], items: [] };
}

/** The values of the first field of that name; an empty list where there is none. */
export function formValues(of: Form, name: string): string[] {
  return of.fields.find((candidate) => candidate.var === name)?.values ?? [];
}

export function formValue(of: Form, name: string): string | null {
  return formValues(of, name)[0] ?? null;
}

/** The form's FORM_TYPE (XEP-0068). */
export function formNamespace(of: Form): string | null {
  return formValue(of, 'FORM_TYPE');
}

/** Of fields that share a name the first counts: XEP-0004 §3.2 wants names unique. */
function readFields(parent: Element): Field[] {
  const seen = new Set<string>();
  return boundedChildren(parent, 'field', NS_DATA, formLimits.fieldsMax)
    .map(readField)
    .filter((read) => {
      if (read.var === null) return read.type === 'fixed';
      if (seen.has(read.var)) return false;
      seen.add(read.var);
      return true;
    });
}

/** In the order of the layout, what it does not name last; what it says about a field describes one that does not itself. */
function laidOut(fields: Field[], layout: LaidOutField[]): Field[] {
  if (layout.length === 0) return fields;
  const order = new Map(layout.map((each, at) => [each.var, { at, about: each.about }]));
  const placeOf = (field: Field) => order.get(field.var ?? '')?.at ?? layout.length;
  return fields
    .map((field) => ({ ...field, desc: field.desc ?? order.get(field.var ?? '')?.about ?? null }))
    .sort((a, b) => placeOf(a) - placeOf(b));
}

function readField(element: Element): Field {
  const declared = fieldTypes.find((name) => name === element.attrs.type);
  const media = readMedia(element.getChild('media', NS_MEDIA));
  const options = boundedChildren(element, 'option', NS_DATA, formLimits.optionsMax).map(readOption);
  return {
    var: token(element.attrs.var, formLimits.varCharsMax),
    // XEP-0004 §3.2: a field without a type is text-single; one that offers options means a choice.
    type: declared ?? (options.length > 0 ? 'list-single' : 'text-single'),
    label: line(element.attrs.label),
    desc: cleanText(element.getChildText('desc', NS_DATA) ?? '', formLimits.textCharsMax) || null,
    required: element.getChild('required', NS_DATA) !== undefined,
    values: boundedChildren(element, 'value', NS_DATA, formLimits.valuesMax).map(readValue),
    options: options.filter((option) => option !== null),
    validation: readValidation(element.getChild('validate', NS_VALIDATE)),
    ...(media.length > 0 && { media }),
  };
}

function readOption(element: Element): FieldOption | null {
  const value = element.getChild('value', NS_DATA);
  return value ? { label: line(element.attrs.label), value: readValue(value) } : null;
}

function readValue(element: Element): string {
  return cleanText(element.text(), formLimits.valueCharsMax);
}

/** XEP-0122 §3: the datatype defaults to xs:string, the method to basic. */
function readValidation(element: Element | undefined): Validation | null {
  if (!element) return null;
  const range = element.getChild('range', NS_VALIDATE);
  const regex = element.getChild('regex', NS_VALIDATE);
  const method = regex ? 'regex' : range ? 'range' : element.getChild('open', NS_VALIDATE) ? 'open' : 'basic';
  return {
    datatype: token(element.attrs.datatype, formLimits.varCharsMax) ?? 'xs:string',
    method,
    min: line(range?.attrs.min),
    max: line(range?.attrs.max),
    regex: regex ? line(regex.text()) : null,
  };
}

function writeField(of: Field): Element {
  return xml(
    'field',
    { var: of.var, type: of.type, label: of.label },
    of.desc && xml('desc', {}, of.desc),
    of.required && xml('required'),
    of.validation && writeValidation(of.validation),
    of.media && writeMedia(of.media),
    of.values.map((value) => xml('value', {}, value)),
    of.options.map((option) => xml('option', { label: option.label }, xml('value', {}, option.value))),
  );
}

function writeValidation(of: Validation): Element {
  return xml(
    'validate',
    { xmlns: NS_VALIDATE, datatype: of.datatype },
    of.method === 'regex'
      ? xml('regex', {}, of.regex ?? '')
      : xml(of.method, of.method === 'range' ? { min: of.min, max: of.max } : {}),
  );
}

function line(text: string | null | undefined): string | null {
  return cleanLine(text ?? '', formLimits.lineCharsMax) || null;
}
