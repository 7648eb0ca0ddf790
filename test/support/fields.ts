import type { Field } from '../../protocol/data-form.ts';

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
