/** Short ways to write the directory's own forms. */

import { type Field, type FieldType, type Form, field, form } from '../../protocol/data-form.ts';

export type Choice = { value: string; label: string };

export function textField(name: string, label: string, more: Partial<Field> = {}): Field {
  return { ...field(name, []), label, ...more };
}

export function numberField(
  name: string,
  label: string,
  range: { value: number; min: number; max: number },
): Field {
  const { value, min, max } = range;
  const validation = { datatype: 'xs:integer', method: 'range', regex: null } as const;
  return {
    ...textField(name, label, { values: [String(value)], required: true }),
    validation: { ...validation, min: String(min), max: String(max) },
  };
}

export function choiceField(name: string, label: string, options: Choice[], chosen: string): Field {
  return { ...field(name, chosen, 'list-single'), label, options, required: true };
}

export function checkField(name: string, label: string, checked = false): Field {
  return { ...field(name, checked ? '1' : '0', 'boolean'), label };
}

/** A form to fill in. */
export function ask(title: string, instructions: string, fields: Field[]): Form {
  return { ...form('form', fields, title), instructions };
}

export type Column = { name: string; label: string; type?: FieldType };

/** A table (XEP-0004 §3.4); a cell of several lines has several values. */
export function table(title: string, columns: Column[], rows: (string | string[])[][]): Form {
  return {
    ...form('result', [], title),
    reported: columns.map(({ name, label, type }) => ({ ...field(name, [], type), label })),
    items: rows.map((row) =>
      columns.map(({ name, type }, at) =>
        field(name, row[at] ?? '', type ?? (Array.isArray(row[at]) ? 'text-multi' : 'text-single')),
      ),
    ),
  };
}

/** A time to read and to sort by: RFC 3339, whole seconds. */
export function timeText(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
