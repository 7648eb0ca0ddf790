import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { contractHistory, listContracts } from '../../db/read-contracts.ts';
import { findRegistration } from '../../db/registrations.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { openOffer } from '../../operations/contracts/offer.ts';
import { showListing } from '../../operations/show.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { startAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';

let directory: TestDirectory;
const deps = () => ({ db: directory.db, policy: parsePolicy('agents.test', 'agents.test') });

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

/** The sample, once it has registered and its skill is listed. */
async function running(account: string) {
  const specialist = specialists.find((one) => one.account === account);
  const home = inject('stack').xmpp[specialist?.domainIndex ?? 0];
  if (!home || !specialist) throw new Error(`no sample '${account}'`);
  const { service, domain } = home;
  const agent = await startSpecialist(specialist, { service, domain, directory: directory.jid });
  onTestFinished(() => agent.stop());
  const listing = listingId({ jid: agent.bareJid, kind: 'command', node: specialist.skill.id });
  await until('it is listed', async () => !isProblem(await showListing(deps(), listing)));
  await until('it has registered', async () => findRegistration(directory.db, agent.bareJid));
  return { agent, listing };
}

const ended = (party: string) =>
  until('the contract has ended', async () => {
    const filter = { party, side: null, states: [] };
    const [contract] = await listContracts(directory.db, filter, { after: null, limit: 1 });
    return contract && ['completed', 'declined', 'failed'].includes(contract.state) && contract;
  });

test('two samples negotiate over XMPP alone: one sells, the other buys within its budget', async () => {
  const [poet, patron] = [await running('poet'), await running('patron')];
  const someone = await startAgent({ directory: directory.jid, subscribe: false });
  const commissioned = async (budget: string) => {
    const to = patron.agent.fullJid() ?? '';
    const { sessionId: sid } = await askCommand(someone, to, 'commission', {});
    const values = { listing: poet.listing, budget, currency: 'EUR', subject: 'the sea' };
    const answer = await askCommand(someone, to, 'commission', { sid, action: 'complete', values });
    expect(answer.status).toBe('completed');
    return ended(patron.agent.bareJid);
  };
  const bought = await commissioned('5');
  expect(bought).toMatchObject({
    ...{ state: 'completed', price: { amount: '4', currency: 'EUR' }, provider: poet.agent.bareJid },
    result: { values: { verse: expect.stringContaining('the sea') } },
  });
  const history = await contractHistory(directory.db, bought.id, 20);
  expect(history.map(({ by, move }) => `${by} ${move}`)).toEqual([
    ...[
      'client offer',
      'provider propose',
      'client accept',
      'provider start',
      'provider ask',
      'client input',
    ],
    ...['provider deliver', 'client complete'],
  ]);
  expect(await commissioned('3')).toMatchObject({
    ...{ state: 'declined', reason: 'More than my budget of 3 EUR.', price: { amount: '4' } },
  });
});

test('the sample that sells takes its price at once, and delivers', async () => {
  const { listing } = await running('poet');
  const ann = { jid: 'ann@agents.test', domain: 'agents.test' };
  const terms = { price: { amount: '4', currency: 'EUR' } };
  const input = { subject: 'rain', lines: 2 } as never;
  const made = await openOffer(deps(), ann, { listing, input, terms, seq: null }, null);
  if (isProblem(made)) throw new Error(made.detail);
  const delivered = await until('it delivers', async () => {
    const history = await contractHistory(directory.db, made.id, 20);
    return history.find(({ move }) => move === 'deliver');
  });
  expect(delivered.data.result).toMatchObject({ outputs: [{ name: 'verse' }] });
});
