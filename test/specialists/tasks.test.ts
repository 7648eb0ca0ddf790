import { expect, test } from 'vitest';
import { readAnswers } from '../../scripts/specialists/answers.ts';
import { romanNumerals } from '../../scripts/specialists/skills/roman-numerals.ts';
import { tasksCommand } from '../../scripts/specialists/tasks.ts';

async function call(request: unknown): Promise<Record<string, unknown>> {
  const command = tasksCommand('tasks', romanNumerals);
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  const [output] = await command.run(readAnswers(command.fields, new Map([['jsonrpc_request', [text]]])));
  return JSON.parse(output?.values.join('\n') ?? '');
}

const send = (parts: unknown) => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tasks/send',
  params: { id: 't', message: { role: 'user', parts } },
});

test('a task with its values is completed', async () => {
  expect(await call(send([{ type: 'data', data: { value: 'XII', small: true } }]))).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: {
      id: 't',
      status: { state: 'completed' },
      artifacts: [{ parts: [{ type: 'data', data: { number: '12', numeral: 'xii' } }] }],
    },
  });
});

test('a task without values is told which it needs', async () => {
  const { result } = await call(send([{ type: 'text', text: 'twelve, please' }]));
  expect(result).toMatchObject({ id: 't', status: { state: 'input-required' } });
  expect(JSON.stringify(result)).toContain('value (required)');
});

test.each([
  ['{', -32700],
  [{ id: 1 }, -32600],
  [[], -32600],
  [{ jsonrpc: '2.0', id: 1, method: 'message/send' }, -32601],
  [send([{ type: 'data', data: { value: 'XXXX' } }]), -32602],
])('%j is answered with an error', async (request, code) => {
  expect(await call(request)).toMatchObject({ jsonrpc: '2.0', error: { code } });
});
