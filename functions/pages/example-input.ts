/** An input that a listing takes, as JSON: what the form holds, and where a value is needed and none is there, one that could be. */

import type { Input, InputType } from '../../market/listing.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { FormValues } from './form-values.ts';

const SAMPLES: { [type in Exclude<InputType, 'enum' | 'boolean' | 'number' | 'integer'>]: string } = {
  string: 'text',
  date: '2026-11-20',
  'date-time': '2026-11-20T10:00:00Z',
  uri: 'https://example.org/',
  email: 'ann@example.org',
  jid: 'ann@example.org',
};

/** @param values of each of the inputs, in their order */
export function exampleInput(inputs: Input[], values: FormValues): JsonObject {
  const entries = inputs.flatMap((input, at): [string, Json][] => {
    const given = values[at] ?? [];
    const texts = given.length === 0 && input.required ? [sampleOf(input)] : given;
    return texts.length === 0 ? [] : [[input.name, jsonOf(input, texts)]];
  });
  return Object.fromEntries(entries);
}

function sampleOf({ type, min, options }: Input): string {
  switch (type) {
    case 'enum':
      return options[0]?.value ?? '';
    case 'boolean':
      return '0';
    case 'number':
    case 'integer':
      return min ?? '1';
    default:
      return SAMPLES[type];
  }
}

function jsonOf(input: Input, texts: string[]): Json {
  if (input.multiple) return texts.map((text) => jsonValue(input, text));
  return jsonValue(input, texts.join('\n'));
}

function jsonValue({ type }: Input, text: string): Json {
  if (type === 'boolean') return text === '1';
  const number = Number(text);
  const isNumber = (type === 'number' || type === 'integer') && text !== '' && Number.isFinite(number);
  return isNumber ? number : text;
}
