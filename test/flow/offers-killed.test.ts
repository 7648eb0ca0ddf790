import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { contractHistory } from '../../db/read-contracts.ts';
import { form, writeForm } from '../../protocol/data-form.ts';
import { infoQuery } from '../../protocol/disco.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import type { TestAgent } from '../support/agent.ts';
import {
  createDirectory,
  runFunctions,
  spawnWorker,
  type TestDirectory,
  until,
} from '../support/directory.ts';
import { fieldsOf, type Values } from '../support/fields.ts';
import { type Negotiator, offersAt } from '../support/offers.ts';

let directory: TestDirectory & { http: string };
const { provider, client, http, offer } = offersAt(() => directory);

beforeAll(async () => {
  const created = await createDirectory();
  directory = { ...created, http: (await runFunctions(created)).url };
});

const answers = (agent: TestAgent) =>
  agent.ask('get', infoQuery(), directory.address).then(
    () => true,
    () => false,
  );

async function startOnline(agent: TestAgent): Promise<ChildProcess> {
  const worker = spawnWorker(directory);
  await until('the directory answers', () => answers(agent));
  return worker;
}

async function kill(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

function send(agent: TestAgent, id: string, values: Values): void {
  const filled = form('submit', fieldsOf({ FORM_TYPE: NS_CONTRACT, contract: id, ...(values as object) }));
  const name = `the-same-${id}-${JSON.stringify(values)}`;
  agent.send(xml('message', { to: directory.jid, type: 'normal', id: name }, writeForm(filled)));
}

const events = async (id: string) =>
  (await contractHistory(directory.db, id, 20)).map(({ by, move }) => `${by} ${move}`);
const toldTo = ({ told }: Negotiator, id: string) =>
  [...new Set(told.filter((one) => one.id === id).map(({ by, move }) => `${by} ${move}`))].sort();

test('a worker that is killed at each step of an offer makes no move twice, and forgets to tell of none', async () => {
  const [ann, fx] = [await client(), await provider()];
  let worker = await startOnline(fx.agent);
  const { id } = await offer(ann.token, fx.listing);
  const again = async () => {
    await kill(worker);
    worker = await startOnline(fx.agent);
  };
  await again();
  // The answer is sent, and the worker is killed while it takes it: whoever hears nothing sends the same again.
  for (const values of [
    { move: 'accept', version: '1' },
    { move: 'start' },
    { move: 'deliver', text: 'Here.' },
  ]) {
    send(fx.agent, id, values);
    await wait(Math.random() * 30);
    await again();
    const before = (await events(id)).length;
    send(fx.agent, id, values);
    await until('the move is made', async () => (await events(id)).includes(`provider ${values.move}`));
    send(fx.agent, id, values);
    expect((await events(id)).length - before).toBeLessThanOrEqual(1);
  }
  await http(ann.token, `/${id}/complete`, {});
  await again();
  expect(await events(id)).toEqual([
    ...['client offer', 'provider accept', 'provider start', 'provider deliver', 'client complete'],
  ]);
  await until('it is told of the client', async () => toldTo(fx, id).includes('client complete'));
  expect(toldTo(fx, id)).toContain('client offer');
  await kill(worker);
});

test('of two workers one tells; when it is killed, the other goes on', async () => {
  const [ann, fx] = [await client(), await provider()];
  const first = await startOnline(fx.agent);
  const second = spawnWorker(directory);
  await wait(1_500);
  const { id } = await offer(ann.token, fx.listing);
  await until('it is told', async () => toldTo(fx, id).length === 1);
  await wait(500);
  expect(fx.told.filter((one) => one.id === id)).toHaveLength(1);
  await kill(first);
  await until('the other is the directory', () => answers(fx.agent));
  send(fx.agent, id, { move: 'decline', reason: 'No time.' });
  await until('the move is made', async () => (await events(id)).length === 2);
  const next = await provider();
  const other = await offer(ann.token, next.listing);
  await until('the next is told', async () => toldTo(next, other.id).length === 1);
  await kill(second);
});
