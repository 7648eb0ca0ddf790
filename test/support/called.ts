import { randomBytes } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import type { Database } from '../../db/database.ts';
import { insertToken } from '../../db/tokens.ts';
import { listingId } from '../../market/listing-id.ts';
import { hashToken } from '../../market/token.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { until } from './directory.ts';

/** A sample specialist with an account of that server registers, is found, and is called by one HTTP request. */
export async function expectCalled(
  directory: { db: Database; jid: string; http: string },
  { service, domain }: { service: string; domain: string },
): Promise<void> {
  const sample = specialists.find(({ account }) => account === 'currency');
  if (!sample) throw new Error('a sample expected');
  const agent = await startSpecialist(sample, { service, domain, directory: directory.jid });
  onTestFinished(() => agent.stop());
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const jid = `ann-${randomBytes(4).toString('hex')}@agents.test`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes: ['read', 'trade'] }, 9);
  const listing = listingId({ jid: agent.bareJid, kind: 'command', node: sample.skill.id });
  const call = async (input: object) => {
    const response = await fetch(`${directory.http}/v1/contracts?wait=20`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ listing, input, call: true }),
    });
    return { status: response.status, json: (await response.json()) as { [name: string]: unknown } };
  };
  const input = { amount: 10, from: 'EUR', to: 'JPY' };
  const called = await until('it can be called', async () => {
    const answer = await call(input);
    return answer.status === 201 ? answer.json : null;
  });
  expect(called).toMatchObject({
    state: 'completed',
    provider: agent.bareJid,
    result: { values: { currency: 'JPY' } },
  });
  // A second stage of its form, which the client is asked for.
  const asked = await call({ ...input, date: '1999-12-31' });
  expect(asked.json).toMatchObject({ state: 'input-required', moves: ['input', 'cancel'] });
}
