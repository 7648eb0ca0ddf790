import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { findRegistration } from '../../db/registrations.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { showListing } from '../../operations/show.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { startAgent } from '../support/agent.ts';
import { callsAt, requestsToldTo, saidIn } from '../support/call-for-proposals.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { contractsToldTo, tradeAt, valueIn } from '../support/trade.ts';

let directory: TestDirectory;
const deps = () => ({ db: directory.db, policy: parsePolicy('agents.test', 'agents.test') });
const { call, take } = callsAt(() => directory);
const { walk, move } = tradeAt(() => directory);

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

/** The sample, once it has registered and its skill is listed. */
async function running(account: string): Promise<string> {
  const specialist = specialists.find((one) => one.account === account);
  const home = inject('stack').xmpp[specialist?.domainIndex ?? 0];
  if (!home || !specialist) throw new Error(`no sample '${account}'`);
  const { service, domain } = home;
  const agent = await startSpecialist(specialist, { service, domain, directory: directory.jid });
  onTestFinished(() => agent.stop());
  const listing = listingId({ jid: agent.bareJid, kind: 'command', node: specialist.skill.id });
  await until('it is listed', async () => !isProblem(await showListing(deps(), listing)));
  await until('it has registered', async () => findRegistration(directory.db, agent.bareJid));
  return agent.bareJid;
}

test('two samples bid against each other over XMPP alone, and the one that is taken delivers', {
  timeout: 60_000,
}, async () => {
  const [brush, press] = [await running('brush'), await running('press')];
  const ann = await startAgent({ directory: directory.jid, subscribe: false });
  const told = requestsToldTo(ann);
  const bids = async (input: object, more: object = {}) => {
    const id = await call(ann, 'banner', { input: JSON.stringify(input), ...more });
    const answers = await until('both have answered', async () => {
      const own = told.filter((one) => one.id === id);
      return own.length === 2 && own;
    });
    const amounts = answers.map((one) => [
      saidIn(one, 'provider') ?? '',
      saidIn(one, 'price_amount') ?? one.event,
    ]);
    return { id, answers, amounts: Object.fromEntries(amounts) as { [provider: string]: string } };
  };
  const few = await bids({ text: 'Welcome' });
  expect(few.amounts).toEqual({ [brush]: '1.21', [press]: '2.57' });
  const many = await bids({ text: 'Welcome', copies: 20 });
  expect(many.amounts).toEqual({ [brush]: '5.20', [press]: '3.90' });
  // One of them takes less than its price to stay within the budget, the other refuses.
  const tight = await bids({ text: 'Welcome', copies: 20 }, { budget_amount: '2', budget_currency: 'EUR' });
  expect(tight.answers.map(({ event }) => event).sort()).toEqual(['propose', 'refuse']);
  expect(tight.amounts[press]).toBe('2.00');

  const cheapest = few.answers.find((one) => saidIn(one, 'provider') === brush)?.proposal ?? '';
  const ofContracts = contractsToldTo(ann);
  const contract = valueIn(await take(ann, few.id, cheapest), 'contract');
  await until('it is delivered', async () => ofContracts.find((one) => one.move === 'deliver'));
  const whole = await walk(ann, 'contracts', { id: contract });
  expect(valueIn(whole, 'result_text')).toMatch(/^~+$/);
  expect(valueIn(await move(ann, contract, 'complete'), 'state')).toBe('completed');
});
