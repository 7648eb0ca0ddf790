/**
 * XEP-0004: Data Forms, version 2.13.1, with XEP-0122: Data Forms Validation, version 1.0.2.
 */
import { type Element, xml } from '@xmpp/xml';
import { NS_DATA, NS_VALIDATE } from './namespaces.ts';
import type { Field, Output } from './skill.ts';

/** Everything that XML 1.0 forbids; a server closes the stream over a single such character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A form of type `result` with a FORM_TYPE (XEP-0068), as disco#info carries it (XEP-0128). */
export type ExtendedInfo = { formType: string; fields: readonly (readonly [string, readonly string[]])[] };

/** Text with every character that XML cannot carry replaced. */
export function xmlSafe(text: string): string {
  return text.replace(forbidden, '\ufffd');
}

/** The empty form of a command; `filled` shows values again that somebody has to correct. */
export function formElement(
  title: string,
  instructions: string,
  fields: readonly Field[],
  filled?: ReadonlyMap<string, readonly string[]>,
): Element {
  return xml(
    'x',
    { xmlns: NS_DATA, type: 'form' },
    xml('title', {}, title),
    xml('instructions', {}, instructions),
    fields.map((field) => fieldElement(field, filled?.get(field.name))),
  );
}

function fieldElement(field: Field, filled: readonly string[] | undefined): Element {
  const shown = field.type === 'text-private' ? [] : (filled ?? [field.default ?? []].flat());
  return xml(
    'field',
    { var: field.name, type: field.type, label: field.label },
    field.description && xml('desc', {}, field.description),
    field.required && xml('required'),
    field.datatype && validation(field.datatype, field.min, field.max),
    shown.map(valueElement),
    field.options?.map(({ value, label }) => xml('option', { label }, valueElement(value))),
  );
}

function validation(datatype: string, min: string | undefined, max: string | undefined): Element {
  const method = min === undefined && max === undefined ? xml('basic') : xml('range', { min, max });
  return xml('validate', { xmlns: NS_VALIDATE, datatype }, method);
}

/** The form that a completed command answers with. */
export function resultElement(title: string, outputs: readonly Output[]): Element {
  return xml(
    'x',
    { xmlns: NS_DATA, type: 'result' },
    xml('title', {}, title),
    outputs.map(({ name, label, type, values }) =>
      xml('field', { var: name, type, label }, values.map(valueElement)),
    ),
  );
}

/** Extended information for disco#info or a publication. */
export function extendedElement({ formType, fields }: ExtendedInfo): Element {
  return xml(
    'x',
    { xmlns: NS_DATA, type: 'result' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, valueElement(formType)),
    fields.map(([name, values]) =>
      xml(
        'field',
        { var: name, type: values.length > 1 ? 'text-multi' : 'text-single' },
        values.map(valueElement),
      ),
    ),
  );
}

/** A form that a publisher submits, such as publish-options (XEP-0060 section 7.1.5). */
export function submitElement({ formType, fields }: ExtendedInfo): Element {
  return xml(
    'x',
    { xmlns: NS_DATA, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, valueElement(formType)),
    fields.map(([name, values]) => xml('field', { var: name }, values.map(valueElement))),
  );
}

function valueElement(value: string): Element {
  return xml('value', {}, xmlSafe(value));
}

/** The values of a submitted form by field name; null when there is no form of type `submit`. */
export function readSubmission(command: Element): Map<string, readonly string[]> | null {
  const form = command.getChild('x', NS_DATA);
  if (form?.attrs.type !== 'submit') return null;
  const values = new Map<string, readonly string[]>();
  for (const field of form.getChildren('field')) {
    if (!field.attrs.var) continue;
    values.set(
      field.attrs.var,
      field.getChildren('value').map((value) => value.text()),
    );
  }
  return values;
}
