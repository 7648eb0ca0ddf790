/** The AI-SNS command `tasks`: a JSON-RPC request in a form, with the two methods that AI-SNS knows. */
import { readAnswers } from './answers.ts';
import type { Command } from './commands.ts';
import { lines, type Output, runSkill, type Skill, UserError } from './skill.ts';

const parseError = -32700;
const invalidRequest = -32600;
const methodNotFound = -32601;
const invalidParams = -32602;

type Json = { [key: string]: unknown };
type Reply = { result: unknown } | { error: { code: number; message: string } };

export function tasksCommand(node: string, skill: Skill): Command {
  return {
    node,
    name: 'A2A tasks',
    instructions: 'Takes an A2A request as JSON-RPC and answers with its response.',
    fields: [{ name: 'jsonrpc_request', label: 'JSON-RPC request', type: 'text-multi', required: true }],
    async run(answers): Promise<readonly Output[]> {
      const response = await answerRpc(skill, answers.text('jsonrpc_request'));
      return [lines('jsonrpc_response', 'JSON-RPC response', [JSON.stringify(response)])];
    },
  };
}

async function answerRpc(skill: Skill, text: string): Promise<Json> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return respond(null, failure(parseError, 'The request is not JSON.'));
  }
  if (!isObject(request) || request.jsonrpc !== '2.0' || typeof request.method !== 'string') {
    return respond(null, failure(invalidRequest, 'The request is not JSON-RPC 2.0.'));
  }
  const id = typeof request.id === 'string' || typeof request.id === 'number' ? request.id : null;
  return respond(id, await callMethod(skill, request.method, isObject(request.params) ? request.params : {}));
}

async function callMethod(skill: Skill, method: string, params: Json): Promise<Reply> {
  switch (method) {
    case 'greeting/exchange':
      return { result: { greeting: `Hello, I am ${skill.name}.`, description: skill.description } };
    case 'tasks/send':
      return sendTask(skill, params);
    default:
      return failure(methodNotFound, 'Method not found.');
  }
}

/** Values come as an A2A data part; a task without one is told which values it needs. */
async function sendTask(skill: Skill, params: Json): Promise<Reply> {
  const message = isObject(params.message) ? params.message : {};
  const parts = Array.isArray(message.parts) ? message.parts.filter(isObject) : [];
  const data = parts.find((part) => isObject(part.data))?.data;
  if (!isObject(data)) {
    const names = skill.fields.map((field) => field.name + (field.required ? ' (required)' : ''));
    return {
      result: task(params, 'input-required', [textPart(`Send a data part with: ${names.join(', ')}.`)]),
    };
  }
  const raw = new Map(Object.entries(data).map(([name, value]) => [name, [value].flat().map(String)]));
  try {
    const outputs = await runSkill(skill, readAnswers(skill.fields, raw));
    const result = Object.fromEntries(outputs.map(({ name, values }) => [name, values.join('\n')]));
    return {
      result: { ...task(params, 'completed', []), artifacts: [{ parts: [{ type: 'data', data: result }] }] },
    };
  } catch (error) {
    if (error instanceof UserError) return failure(invalidParams, error.message);
    throw error;
  }
}

function task(params: Json, state: string, parts: Json[]): Json {
  const id = typeof params.id === 'string' ? params.id.slice(0, 100) : 'task';
  return { id, status: parts.length > 0 ? { state, message: { role: 'agent', parts } } : { state } };
}

function textPart(text: string): Json {
  return { type: 'text', text };
}

function respond(id: string | number | null, reply: Reply): Json {
  return { jsonrpc: '2.0', id, ...reply };
}

function failure(code: number, message: string): Reply {
  return { error: { code, message } };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
