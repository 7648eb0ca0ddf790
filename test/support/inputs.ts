import type { Input } from '../../market/listing.ts';

/** An input with nothing but what the test is about. */
export function inputOf(name: string, more: Partial<Input> = {}): Input {
  return {
    name,
    label: null,
    description: null,
    type: 'string',
    required: false,
    multiple: false,
    multiline: false,
    default: null,
    options: [],
    min: null,
    max: null,
    pattern: null,
    secret: false,
    ...more,
  };
}
