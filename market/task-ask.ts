/** What a task of an Agent Gateway asks for, as something that is asked of a client, and the client's answer to it. */

import type { InputRequest } from '../protocol/dialects/agent-gateway/task-payload.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Ask } from './contract/contract.ts';
import { safeSchema } from './safe-schema.ts';
import { inputsOfSchema } from './schema-inputs.ts';

/** The name of what is asked for where it is one value, and not an object of named ones. */
const soleInput = 'answer';

type Asked = Pick<InputRequest, 'question' | 'schema'>;

/** @param note what the agent said of an earlier answer; null where there was none */
export function askOfTask({ question, schema }: Asked, note: string | null): Ask {
  const inner = isObjectSchema(schema)
    ? schema
    : { type: 'object', properties: { [soleInput]: schema }, required: [soleInput] };
  const inputs = inputsOfSchema(inner);
  return {
    title: null,
    text: [question, note].filter(Boolean).join('\n'),
    inputs,
    schema: safeSchema(inner),
    missing: inputs.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** What is sent in answer: the object that the client gave, or the one value. */
export function answerOfTask({ schema }: Pick<Asked, 'schema'>, given: JsonObject): Json {
  return isObjectSchema(schema) ? given : (given[soleInput] ?? null);
}

function isObjectSchema(schema: JsonObject): boolean {
  return schema.type === 'object' || typeof schema.properties === 'object';
}
