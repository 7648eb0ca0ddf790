import { expect, test } from 'vitest';
import type { ChatRequest } from '../../../worker/chat/request.ts';
import { tasksCommand } from '../../../worker/commands/a2a-tasks.ts';
import type { Outcome, Stage } from '../../../worker/commands/step.ts';

const asked: [jid: string, request: ChatRequest][] = [];
const command = tasksCommand({
  answer: async (jid, request) => {
    asked.push([jid, request]);
    return 'two results';
  },
});

/** The response to what is put into the form. */
async function send(request: unknown): Promise<{ [member: string]: unknown }> {
  const stage = (await command.start({ jid: 'a@b.test', domain: 'b.test', resource: 'r' })) as Stage;
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  const { result } = (await stage.submit(
    new Map([['jsonrpc_request', text.split('\n')]]),
    'complete',
  )) as Outcome;
  return JSON.parse(result?.fields[0]?.values.join('\n') ?? '');
}

const task = (parts: unknown, id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tasks/send',
  params: { id: 't1', message: { role: 'user', parts } },
});

test('a task in words is done as in a chat, by the one who sent it', async () => {
  expect(await send(task([{ type: 'text', text: 'find x' }], 'r7'))).toEqual({
    jsonrpc: '2.0',
    id: 'r7',
    result: {
      id: 't1',
      status: { state: 'completed' },
      artifacts: [{ parts: [{ type: 'text', text: 'two results' }] }],
    },
  });
  expect(asked.at(-1)).toEqual(['a@b.test', { wants: 'find', query: 'x' }]);
});

test('a request of several lines is one', async () => {
  const text = JSON.stringify(task([{ type: 'text', text: 'help' }]), null, 2);
  expect(await send(text)).toMatchObject({ id: 1, result: { status: { state: 'completed' } } });
});

test.each([
  ['no parts', undefined],
  ['no words', [{ type: 'data', data: { amount: 3 } }]],
  ['parts that are none', 'text'],
  ['a part that is none', [null, 7]],
])('a task with %s is asked for words', async (_what, parts) => {
  const response = await send(task(parts));
  expect(response).toMatchObject({ result: { id: 't1', status: { state: 'input-required' } } });
});

test.each([
  ['no JSON', 'hello', -32700, null],
  ['JSON that is too deep', `${'['.repeat(100)}${']'.repeat(100)}`, -32700, null],
  ['no object', '[]', -32600, null],
  ['another version', { jsonrpc: '1.0', id: 1, method: 'tasks/send' }, -32600, null],
  ['no method', { jsonrpc: '2.0', id: 1 }, -32600, null],
  ['a method of A2A 1.0', { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: {} }, -32601, 1],
])('%s is refused as JSON-RPC does it', async (_what, request, code, id) => {
  expect(await send(request)).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
});

test('a greeting is returned', async () => {
  const response = await send({ jsonrpc: '2.0', id: 2, method: 'greeting/exchange' });
  expect(response).toMatchObject({ id: 2, result: { greeting: 'Hello, I am Guildhall.' } });
});
