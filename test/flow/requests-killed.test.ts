import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { findContract } from '../../db/read-contracts.ts';
import { findRequest, requestHistory } from '../../db/read-requests.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { award, moveOverdueRequests, propose } from '../../operations/requests/move.ts';
import { openRequest } from '../../operations/requests/open.ts';
import { infoQuery } from '../../protocol/disco.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { callsAt, requestsToldTo, type ToldRequest } from '../support/call-for-proposals.ts';
import { createDirectory, runWorker, spawnWorker, type TestDirectory, until } from '../support/directory.ts';
import { valueIn } from '../support/trade.ts';

let directory: TestDirectory;
const { list, call, answer, take } = callsAt(() => directory);

beforeAll(async () => {
  directory = await createDirectory();
});

const deps = () => ({ db: directory.db, policy: parsePolicy('', 'agents.test') });
const callerOf = ({ jid }: TestAgent) => ({ jid, domain: jid.split('@')[1] ?? '' });
const party = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
const priced = (amount: string) => ({ answer: 'propose', price_amount: amount, price_currency: 'EUR' });
const kinds = (told: ToldRequest[]) => [...new Set(told.map(({ event }) => event))].sort();

function good<T>(outcome: T | Problem): T {
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}

async function startOnline(agent: TestAgent): Promise<ChildProcess> {
  const worker = spawnWorker(directory);
  const answers = () =>
    agent.ask('get', infoQuery(), directory.address).then(
      () => true,
      () => false,
    );
  await until('the directory answers', answers);
  return worker;
}

/** A call that is made while no worker runs. */
async function openFor(client: TestAgent, word: string): Promise<string> {
  const wanted = { query: parseQuery(word) as Query, listings: null };
  const wish = { wanted, need: 'A menu.', input: {}, budget: null, max: 5 };
  const deadline = new Date(Date.now() + 3_600_000);
  return good(await openRequest(deps(), callerOf(client), { ...wish, deadline }, null)).id;
}

test('a worker that is killed after each step forgets none, and tells of each; who hears it twice knows it again', async () => {
  const [ann, fx, gy] = [await party(), await party(), await party()];
  const [annTold, fxTold, gyTold] = [requestsToldTo(ann), requestsToldTo(fx), requestsToldTo(gy)];
  for (const agent of [fx, gy]) await list(agent, 'killed');
  let worker = await startOnline(ann);
  const kill = async () => {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    worker = await startOnline(ann);
  };
  const id = await call(ann, 'killed');
  await kill();
  await until('both are asked', async () => fxTold.length > 0 && gyTold.length > 0);
  await answer(fx, id, priced('10'));
  await kill();
  await answer(gy, id, priced('9'));
  await kill();
  const request = await findRequest(directory.db, id);
  const proposal = request?.asked.find(({ provider }) => provider === fx.jid)?.proposal?.id ?? '';
  const taken = await take(ann, id, proposal);
  await kill();
  expect((await requestHistory(directory.db, id, 20)).map(({ move }) => move)).toEqual([
    ...['call', 'propose', 'propose', 'award'],
  ]);
  expect(await findContract(directory.db, valueIn(taken, 'contract'), fx.jid)).toMatchObject({
    state: 'accepted',
  });
  await until(
    'all are told of everything',
    async () =>
      kinds(fxTold).includes('accept-proposal') &&
      kinds(gyTold).includes('reject-proposal') &&
      new Set(annTold.map(({ proposal: of }) => of)).size === 2,
  );
  expect(kinds(fxTold)).toEqual(expect.arrayContaining(['accept-proposal', 'cfp']));
  // Whatever comes twice has the same id and says the same.
  for (const told of [annTold, fxTold, gyTold]) {
    const texts = Map.groupBy(told, ({ stanza }) => String(stanza.attrs.id));
    for (const same of texts.values()) {
      expect(new Set(same.map(({ event, proposal: of }) => `${event} ${of}`)).size).toBe(1);
    }
  }
  worker.kill('SIGKILL');
});

test('who withdrew its consent before it was asked is asked nothing, and who answered hears what came of it', async () => {
  const [ann, fx, gy] = [await party(), await party(), await party()];
  const [annTold, fxTold, gyTold] = [requestsToldTo(ann), requestsToldTo(fx), requestsToldTo(gy)];
  for (const agent of [fx, gy]) await list(agent, 'withdrawn');
  const id = await openFor(ann, 'withdrawn');
  await directory.db.execute(sql`delete from consent where jid = ${fx.jid}`);
  const worker = await runWorker(directory);
  await until('the other is asked', async () => gyTold.length === 1);
  const dropped = await until('it is dropped', async () => {
    const request = await findRequest(directory.db, id);
    return request?.asked.find(({ provider, standing }) => provider === fx.jid && standing === 'dropped');
  });
  expect(dropped.answers).toBe(0);
  // It is party to it no more.
  await expect(answer(fx, id, priced('1'))).rejects.toThrow('item-not-found');
  await answer(gy, id, priced('9'));
  await directory.db.execute(sql`delete from consent where jid = ${gy.jid}`);
  const proposal = (await until('the client is told', async () => annTold[0])).proposal ?? '';
  await take(ann, id, proposal);
  await until('it hears that its proposal is taken', async () => kinds(gyTold).includes('accept-proposal'));
  expect(fxTold).toEqual([]);
  // Who withdraws after it was asked, and never answered, hears nothing more.
  await grantConsent(directory.db, gy.jid);
  const other = await openFor(ann, 'withdrawn');
  await until('it is asked', async () => gyTold.filter((told) => told.id === other).length === 1);
  await directory.db.execute(sql`delete from consent where jid = ${gy.jid}`);
  const { withdraw } = callsAt(() => directory);
  await withdraw(ann, other, 'Never mind.');
  await until('the jobs are done', async () => {
    const { rows } = (await directory.db.execute(
      sql`select from job where payload->>'request' = ${other}`,
    )) as unknown as { rows: unknown[] };
    return rows.length === 0;
  });
  expect(gyTold.filter((told) => told.id === other).map(({ event }) => event)).toEqual(['cfp']);
  await worker.stop();
});

test('a call that ended before a worker came is told to nobody as a call', async () => {
  const [ann, fx] = [await party(), await party()];
  const [annTold, fxTold] = [requestsToldTo(ann), requestsToldTo(fx)];
  await list(fx, 'late');
  const id = await openFor(ann, 'late');
  await directory.db.execute(sql`
    update request set deadline = now() - interval '1 second', due = now() - interval '1 second' where id = ${id}`);
  const worker = await runWorker(directory);
  await until('the client is told', async () => kinds(annTold).includes('close'));
  expect(fxTold).toEqual([]);
  await worker.stop();
});

test('two clocks and two doors move a call once', async () => {
  const [ann, fx] = [await party(), await party()];
  await list(fx, 'twice');
  const id = await openFor(ann, 'twice');
  const proposed = good(
    await propose(deps(), callerOf(fx), id, { price: { amount: '5', currency: 'EUR' } }, null),
  );
  await directory.db.execute(sql`
    update request set deadline = now() - interval '1 second', due = now() - interval '1 second' where id = ${id}`);
  const [worker] = [await runWorker(directory)];
  const taking = () => award(deps(), callerOf(ann), id, proposed.own?.proposal?.id ?? '', null);
  const outcomes = await Promise.all([
    ...[moveOverdueRequests(deps(), 10), moveOverdueRequests(deps(), 10), taking(), taking(), taking()],
  ]);
  const made = outcomes.filter((one) => typeof one === 'object' && !isProblem(one));
  expect(made).toHaveLength(1);
  const history = await requestHistory(directory.db, id, 20);
  expect(history.filter(({ move }) => move === 'award')).toHaveLength(1);
  expect(history.filter(({ move }) => move === 'decide').length).toBeLessThanOrEqual(1);
  await worker.stop();
});
