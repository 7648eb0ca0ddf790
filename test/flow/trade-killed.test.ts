import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import { contractHistory } from '../../db/read-contracts.ts';
import { parsePolicy } from '../../market/policy.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { infoQuery } from '../../protocol/disco.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import {
  asComponent,
  createDirectory,
  runWorker,
  spawnWorker,
  type TestDirectory,
  until,
} from '../support/directory.ts';
import { ownNetwork } from '../support/network.ts';
import { contractsToldTo, type ToldContract, tradeAt } from '../support/trade.ts';

let directory: TestDirectory;
const { move, open } = tradeAt(() => directory);

beforeAll(async () => {
  directory = await createDirectory();
});

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

const kinds = (told: ToldContract[]) => [...new Set(told.map((one) => `${one.seq} ${one.move}`))].sort();

test('a worker that is killed after each move forgets none, and tells of each; who hears it twice knows it again', async () => {
  const party = () => startAgent({ directory: directory.jid, subscribe: false, domain: 'works.test' });
  const [ann, fx] = [await party(), await party()];
  const [annTold, fxTold] = [contractsToldTo(ann), contractsToldTo(fx)];
  let worker = await startOnline(ann);
  const kill = async () => {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    worker = await startOnline(ann);
  };
  const id = await open(ann, fx);
  await kill();
  await move(fx, id, 'accept');
  await kill();
  await move(fx, id, 'deliver', { text: 'Here.' });
  await kill();
  await move(ann, id, 'complete');
  await kill();
  const history = await contractHistory(directory.db, id, 10);
  expect(history.map((event) => event.move)).toEqual(['offer', 'accept', 'deliver', 'complete']);
  await until(
    'both are told of everything',
    async () => kinds(annTold).length === 2 && kinds(fxTold).length === 2,
  );
  expect([kinds(annTold), kinds(fxTold)]).toEqual([
    ['2 accept', '3 deliver'],
    ['1 offer', '4 complete'],
  ]);
  for (const { seq, stanza } of [...annTold, ...fxTold])
    expect(stanza.attrs.id).toBe(`contract-${id}-${seq}`);
});

test('a move that is made while the server is down is told once it is back', async () => {
  const network = await ownNetwork();
  const { home, far } = network;
  const ours = await createDirectory(asComponent(home));
  const worker = await runWorker(ours);
  await until('the directory is online', async () => worker.session.ready);
  const party = () => startAgent({ directory: ours.jid, subscribe: false, server: far });
  const [ann, fx] = [await party(), await party()];
  const annTold = contractsToldTo(ann);
  const id = await tradeAt(() => ours).open(ann, fx);
  home.kill();
  await until('the component is down', async () => !worker.session.ready);
  const deps = { db: ours.db, policy: parsePolicy('', 'agents.test') };
  const caller = { jid: fx.jid, domain: far.domain };
  await moveOwn(deps, caller, id, { move: 'accept', data: {} }, null);
  await home.restart();
  await until('the other side is told', async () => annTold.length > 0);
  expect(kinds(annTold)).toEqual(['2 accept']);
});
