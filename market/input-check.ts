/** Checks what a client gives against what a listing takes, before anything is sent. */

import { tryJid } from '../protocol/jid.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { pointerPart } from './given-value.ts';
import { schemaOf } from './json-schema.ts';
import type { Input, InputType, JsonSchema } from './listing.ts';
import { type Pointer, type Problem, problem } from './problem.ts';
import { checkSchema } from './schema-check.ts';

export type Takes = { inputs: Input[]; inputSchema: JsonSchema | null };

/** What of the input the listing does not take; nothing where it takes it all. */
export function checkInput({ inputs, inputSchema }: Takes, given: JsonObject): Pointer[] {
  // A listing whose inputs nobody stated takes whatever it is given, and says what it wants.
  const schema = inputSchema ?? (inputs.length > 0 ? schemaOf(inputs) : { type: 'object' });
  const errors = checkSchema(schema, given);
  const named = new Set(errors.map(({ pointer }) => pointer));
  return [...errors, ...formatErrors(inputs, given).filter(({ pointer }) => !named.has(pointer))];
}

/** The refusal of an input, which is the member `input` of what was sent. */
export function inputRefused(errors: Pointer[]): Problem {
  const placed = errors.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }));
  const named = placed.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
  return problem('input-refused', `Not accepted: ${named}`, placed);
}

const FORMATS: { [type in InputType]?: { expected: string; takes: (text: string) => boolean } } = {
  date: { expected: 'a date such as 2026-11-20', takes: isDate },
  'date-time': {
    expected: 'a date and time with its zone, such as 2026-11-20T10:00:00Z',
    takes: (text) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text) && isTime(text),
  },
  uri: { expected: 'an address such as https://example.org/', takes: (text) => URL.canParse(text) },
  email: {
    expected: 'an address such as ann@example.org',
    takes: (text) => /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(text),
  },
  jid: { expected: 'an XMPP address such as ann@example.org', takes: (text) => tryJid(text) !== null },
};

function formatErrors(inputs: Input[], given: JsonObject): Pointer[] {
  return inputs.flatMap((input) => {
    const format = FORMATS[input.type];
    if (!format || !Object.hasOwn(given, input.name)) return [];
    const pointer = `/${pointerPart(input.name)}`;
    const value = given[input.name] as Json;
    const texts: [string, Json][] = Array.isArray(value)
      ? value.map((member, at) => [`${pointer}/${at}`, member])
      : [[pointer, value]];
    return texts
      .filter(([, text]) => typeof text === 'string' && !format.takes(text))
      .map(([place]) => ({ pointer: place, detail: `expected ${format.expected}` }));
  });
}

/** A day that there is. */
function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isTime(`${text}T00:00:00Z`) && dayOf(text) === text;
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

function dayOf(text: string): string {
  return new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10);
}
