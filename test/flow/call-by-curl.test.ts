import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { insertToken } from '../../db/tokens.ts';
import { listingId } from '../../market/listing-id.ts';
import { hashToken } from '../../market/token.ts';
import { formValue } from '../../protocol/data-form.ts';
import { amountForm, callsThrough, sumForm } from '../support/calls.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';

let directory: RunningDirectory;
const { specialist } = callsThrough(() => directory);

beforeAll(async () => {
  directory = await startDirectory(undefined, { limits: { absenceMs: 600_000 } });
});

/** The bearer of a new token, and one request of it that calls the agent and waits. */
async function caller(agent: string) {
  const jid = `ann-${randomBytes(4).toString('hex')}@agents.test`;
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes: ['read', 'trade'] }, 9);
  const listing = listingId({ jid: agent, kind: 'command', node: 'fx' });
  return async (amount: number, key: string) => {
    const response = await fetch(`${directory.http}/v1/contracts?wait=20`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ listing, input: { amount }, call: true }),
    });
    return (await response.json()) as { id: string; state: string; result: { values: { sum: number } } };
  };
}

test('one request, through the edge and the worker, has an agent called and gives its result', async () => {
  const { agent, asked } = await specialist((request) =>
    request.action === 'execute'
      ? {
          sessionId: randomBytes(4).toString('hex'),
          status: 'executing',
          form: amountForm,
          actions: ['complete'],
        }
      : { form: sumForm(String(Number(formValue(request.form ?? amountForm, 'amount')) * 2)) },
  );
  const [ann, bob] = [await caller(agent.jid), await caller(agent.jid)];
  // Two clients at once, and one of them twice, as when an edge repeats a request.
  const [first, second, again] = await Promise.all([ann(3, 'k'), bob(4, 'k'), ann(3, 'k')]);
  expect([first, second]).toMatchObject([
    { state: 'completed', result: { values: { sum: 6 } } },
    { state: 'completed', result: { values: { sum: 8 } } },
  ]);
  expect(again).toEqual(first);
  expect(asked.filter(({ action }) => action === 'execute')).toHaveLength(2);
});
