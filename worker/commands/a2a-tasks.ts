/**
 * The command by which agents of AI-SNS have a task done: a JSON-RPC request in a form. What they ask in words is
 * answered as in a chat.
 */

import { field, form } from '../../protocol/data-form.ts';
import { NODE_TASKS } from '../../protocol/dialects/ai-sns.ts';
import { arrayOf, isObject, type Json, type JsonObject, parseJson, stringOf } from '../../protocol/json.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { cleanText } from '../../protocol/text.ts';
import type { Conversation } from '../chat/conversation.ts';
import { readRequest } from '../chat/request.ts';
import { help } from '../chat/words.ts';
import { ask, textField } from './fields.ts';
import type { Command } from './step.ts';
import { several } from './values.ts';

export const a2aLimits = { partsMax: 20, textCharsMax: 4_000, idCharsMax: 200 } as const;

/** JSON-RPC 2.0 §5.1. */
const faults = {
  parse: { code: -32_700, message: 'The request is not JSON.' },
  invalid: { code: -32_600, message: 'The request is not JSON-RPC 2.0.' },
  unknown: { code: -32_601, message: 'The method is none of tasks/send and greeting/exchange.' },
} as const;

const description =
  'Takes an A2A request as JSON-RPC: tasks/send with a text, which is answered as in a chat.';
const fields = [textField('jsonrpc_request', 'JSON-RPC request', { type: 'text-multi', required: true })];

export function tasksCommand(conversation: Pick<Conversation, 'answer'>): Command {
  return {
    node: NODE_TASKS,
    name: 'A2A tasks',
    about: { description, fields },
    async start(caller) {
      return {
        form: ask('A2A tasks', description, fields),
        actions: ['complete'],
        async submit(values) {
          const say = (text: string) => answerText(conversation, caller.jid, text);
          const response = await respond(several(values, 'jsonrpc_request').join('\n'), say);
          const result = { ...field('jsonrpc_response', JSON.stringify(response), 'text-multi') };
          return { result: form('result', [result], 'A2A tasks'), notes: [] };
        },
      };
    },
  };
}

/** Null where nothing is asked. */
async function answerText(
  conversation: Pick<Conversation, 'answer'>,
  jid: string,
  text: string,
): Promise<string | null> {
  const request = readRequest(text);
  return request && conversation.answer(jid, request);
}

async function respond(text: string, say: (text: string) => Promise<string | null>): Promise<JsonObject> {
  const request = readJson(text);
  if (request === undefined) return { jsonrpc: '2.0', id: null, error: faults.parse };
  const method = isObject(request) && request.jsonrpc === '2.0' ? stringOf(request.method) : null;
  if (!isObject(request) || method === null) return { jsonrpc: '2.0', id: null, error: faults.invalid };
  const id = typeof request.id === 'number' ? request.id : idOf(request.id);
  const params = isObject(request.params) ? request.params : {};
  switch (method) {
    case 'greeting/exchange':
      return { jsonrpc: '2.0', id, result: { greeting: 'Hello, I am Guildhall.', description: help } };
    case 'tasks/send':
      return { jsonrpc: '2.0', id, result: taskOf(params, await say(textIn(params))) };
    default:
      return { jsonrpc: '2.0', id, error: faults.unknown };
  }
}

/** The task as it stands: done, or in want of words. */
function taskOf(params: JsonObject, said: string | null): JsonObject {
  const id = idOf(params.id) ?? 'task';
  const parts = [{ type: 'text', text: said ?? help }];
  if (said !== null) return { id, status: { state: 'completed' }, artifacts: [{ parts }] };
  return { id, status: { state: 'input-required', message: { role: 'agent', parts } } };
}

function textIn(params: JsonObject): string {
  const message = isObject(params.message) ? params.message : {};
  const texts = arrayOf(message.parts, a2aLimits.partsMax).map((part) =>
    isObject(part) ? (stringOf(part.text) ?? '') : '',
  );
  return cleanText(texts.join('\n'), a2aLimits.textCharsMax);
}

function idOf(value: Json | undefined): string | null {
  return cleanText(stringOf(value) ?? '', a2aLimits.idCharsMax) || null;
}

function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
