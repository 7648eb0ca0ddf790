import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { findContract } from '../../db/read-contracts.ts';
import { findRegistration } from '../../db/registrations.ts';
import { listingId } from '../../market/listing-id.ts';
import { isProblem } from '../../market/problem.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { showListing } from '../../operations/show.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { callsThrough } from '../support/calls.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';

let directory: TestDirectory;
const { deps, settled } = callsThrough(() => directory);
const ann = { jid: 'ann@agents.test', domain: 'agents.test' };

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory, { limits: { callTimeoutMs: 8_000 } });
  await until('the directory is online', async () => worker.session.ready);
});

/** The sample of that account, once the directory has read it and, if it does, it has registered. */
async function running(account: string, registers = true): Promise<string> {
  const [home] = inject('stack').xmpp;
  const specialist = specialists.find((one) => one.account === account);
  if (!home || !specialist) throw new Error(`no sample '${account}'`);
  const { service, domain } = home;
  const agent = await startSpecialist(specialist, { service, domain, directory: directory.jid });
  onTestFinished(() => agent.stop());
  const listing = listingId({ jid: agent.bareJid, kind: 'command', node: specialist.skill.id });
  await until('it is listed with its form', async () => {
    const shown = await showListing(deps(), listing);
    return !isProblem(shown) && shown.listing.inputSchema !== null;
  });
  if (registers) await until('it has registered', async () => findRegistration(directory.db, agent.bareJid));
  return listing;
}

async function call(listing: string, input: object) {
  const made = await openCall(deps(), ann, { listing, input: input as never, seq: null }, null);
  if (isProblem(made)) throw new Error(made.problem);
  return { id: made.id, who: ann };
}

describe('of the samples', () => {
  test('one that registered is called, and asks in its second stage for what it was not given', async () => {
    const listing = await running('bill');
    const asked = await call(listing, { amount: 90, currency: 'CHF' });
    expect(await settled(asked)).toMatchObject({ state: 'input-required', ask: { missing: ['guests'] } });
    const given = { move: 'input' as const, data: { input: { guests: 3, tip: 0 } } };
    await moveOwn(deps(), ann, asked.id, given, null);
    expect(await settled(asked)).toMatchObject({ state: 'completed', result: { values: { each: '30.00' } } });
  });

  test('one fails, and it is said why', async () => {
    const failing = await call(await running('lost'), { thing: 'umbrella' });
    expect(await settled(failing)).toMatchObject({
      state: 'failed',
      fault: 'provider',
      reason: "The register is closed: nobody can look for 'umbrella'.",
    });
  });

  test('one is slow, and is waited for', async () => {
    const slow = await call(await running('tea'), { seconds: 2 });
    expect((await findContract(directory.db, slow.id, ann.jid))?.state).not.toBe('completed');
    expect(await settled(slow)).toMatchObject({ state: 'completed' });
  });

  test('one that only subscribed is refused', async () => {
    const listing = await running('digits', false);
    await expect(call(listing, {})).rejects.toThrow('relay-not-allowed');
  });
});
